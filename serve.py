"""``morelli serve``, from a checkout: ``python serve.py --help``."""

import sys

from app.programs.serve import main

if __name__ == "__main__":
    sys.exit(main())

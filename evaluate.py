"""``morelli evaluate``, from a checkout: ``python evaluate.py --help``."""

import sys

from app.programs.evaluate import main

if __name__ == "__main__":
    sys.exit(main())

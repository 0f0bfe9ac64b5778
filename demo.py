"""``morelli demo``, from a checkout: ``python demo.py --help``."""

import sys

from app.programs.demo import main

if __name__ == "__main__":
    sys.exit(main())

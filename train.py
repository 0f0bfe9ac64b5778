"""``morelli train``, from a checkout: ``python train.py --help``."""

import sys

from app.programs.train import main

if __name__ == "__main__":
    sys.exit(main())

"""``python -m app``: ``morelli`` from a checkout."""

import sys

from app.programs.morelli import main

if __name__ == "__main__":
    sys.exit(main())

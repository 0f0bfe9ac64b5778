"""``morelli index`` with a catalogue, from a checkout."""

import sys

from app.programs.index import main

if __name__ == "__main__":
    sys.exit(main())

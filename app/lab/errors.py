"""Error that ends a command of the lab."""


class LabError(Exception):
    """Fault of options or data; the message names it and says what to change.

    Whatever reads them may raise it; the command line prints it.
    """

"""What a command of the lab cannot go on with."""


class LabError(Exception):
    """The command stops; the message names the fault and says what to change."""

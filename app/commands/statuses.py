"""Exit statuses of every command and program, with what each of them means.

docs/operating.md repeats the table; a test compares the two.
"""

DONE = 0
INCOMPLETE = 1
FAILED = 2
UNREACHABLE = 69
MISCONFIGURED = 78
STOPPED = 130

MEANINGS = {
    DONE: "All is done, or well.",
    INCOMPLETE: "Some of it could not be done and is named; the rest is. Of `doctor`: "
    "there are warnings.",
    FAILED: "Nothing could be done; a sentence says why. Of `doctor`: there are "
    "faults. Also of a command line that makes no sense.",
    UNREACHABLE: "The database or the storage of pictures does not answer. Trying "
    "again later may help, and loses nothing.",
    MISCONFIGURED: "A setting, a folder, a port or the model cannot be used. Trying "
    "again does not help before it is corrected.",
    STOPPED: "Stopped by Ctrl-C. What is done is kept.",
}
"""69 and 78 are those of `sysexits.h`, so that systemd can tell what to try again."""

"""The exit statuses of `udm`, each with one meaning: docs/reference/statuses.md shows them."""

WELL, NO, USAGE, UNTOLD, BROKEN = range(5)
SIGNALLED = 128  # plus the number of the signal, as a shell has it
CLOSED = SIGNALLED + 13  # what a shell sees of a program that SIGPIPE ends

MEANING = {
    WELL: "all is well",
    NO: "the answer is no: a claim is not green, a formula is not shown to be right, bounds disagree, nothing is found",
    USAGE: "not begun: an option, an argument or an input is wrong or missing",
    UNTOLD: "a comparison that cannot be told: too few draws carry its errors",
    BROKEN: "broken off: a number is not finite, a checkpoint is torn, memory is short, or a disk refuses",
    SIGNALLED + 2: "interrupted (SIGINT); what was found so far is printed",
    CLOSED: "the reader of a pipe had seen enough",
    SIGNALLED + 15: "terminated (SIGTERM); what was found so far is printed",
}

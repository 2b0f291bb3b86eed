"""Three fates of a failure, decided where it is raised and nowhere else.

PantauError
├── RetryableError   the same call may succeed later: a broker or database that is away
├── PoisonError      this input will never succeed: to dead letters, go on
└── FatalError       this process cannot go on: log, exit, let the orchestrator restart it
"""


class PantauError(Exception):
    pass


class RetryableError(PantauError):
    pass


class PoisonError(PantauError):
    pass


class FatalError(PantauError):
    pass


EXIT_FATAL = 70  # EX_SOFTWARE of sysexits.h

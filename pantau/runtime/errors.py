"""Three fates of a failure, decided where it is raised and nowhere else.

PantauError
├── RetryableError   the same call may succeed later: a broker or database that is away
├── PoisonError      this input will never succeed: to dead letters, go on
└── FatalError       this process cannot go on: log, exit, let the orchestrator restart it
    └── ConfigurationError   nor can the next one: exit with 78 and say what to set or mend
"""


class PantauError(Exception):
    pass


class RetryableError(PantauError):
    pass


class PoisonError(PantauError):
    pass


class FatalError(PantauError):
    pass


class ConfigurationError(FatalError):
    """What the settings or the files that they name ask for cannot be done; the message says why."""


EXIT_FATAL = 70  # EX_SOFTWARE of sysexits.h

"""Which part that ended by itself is started again. Pure."""

import signal
from collections import defaultdict, deque
from dataclasses import dataclass, field

from pantau.runtime.errors import EXIT_FATAL

MOST = 3
SPAN_SECONDS = 600.0


@dataclass(slots=True)
class Restarts:
    """At most three of each part within ten minutes."""

    begun: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def next_of(self, name: str, code: int, now: float) -> int | None:
        """Which restart within the span this is, from 1 on; None where the part stays ended.

        `code` is the exit status, below zero for a signal; `now` is in monotonic seconds.
        """
        if code != EXIT_FATAL and code >= 0:
            return None
        begun = self.begun[name]
        while begun and now - begun[0] > SPAN_SECONDS:
            begun.popleft()
        if len(begun) == MOST:
            return None
        begun.append(now)
        return len(begun)


def ended(name: str, code: int) -> str:
    """What happened, as the beginning of a sentence."""
    if code >= 0:
        return f"{name} ended by itself with exit code {code}"
    try:
        return f"{name} was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"{name} was killed by signal {-code}"

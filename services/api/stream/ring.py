"""A ring buffer of the latest events, from which a reader that comes back resumes (Last-Event-ID). Pure."""

from collections import deque


class Ring:
    """Frames by ascending number. An event id names this process too: numbers start anew with each."""

    def __init__(self, limit: int, process: str) -> None:
        self._frames: deque[bytes] = deque(maxlen=limit)
        self._process = process
        self._newest = 0

    def next_id(self) -> str:
        """The id that the next frame added will have."""
        return f"{self._process}-{self._newest + 1}"

    def add(self, frame: bytes) -> None:
        self._frames.append(frame)
        self._newest += 1

    def since(self, event_id: str) -> list[bytes] | None:
        """What came after `event_id`; None when that cannot be told any more."""
        process, _, number = event_id.partition("-")
        if process != self._process or not (number.isascii() and number.isdecimal()) or len(number) > 18:
            return None
        missed = self._newest - int(number)
        if not 0 <= missed <= len(self._frames):
            return None
        return list(self._frames)[len(self._frames) - missed :]

"""Events that are the same thing to the store: of these it keeps one, whatever the files hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_IDENTITY = ("type", "account_id", "platform", "post_id", "comment_id")
SAME = "stands here more than once, word for word; it is kept once"
OTHER_COMMENT = "has the id of another comment, of another time or author; one of them is kept"
OTHER_READING = "is of the same post and instant as another reading, with other figures; one of them is kept"


@dataclass(slots=True)
class Copies:
    """Held as hashes: two words an event."""

    _seen: dict[int, int] = field(default_factory=dict)
    _whole: set[int] = field(default_factory=set)

    def note(self, event: Mapping[str, Any]) -> str | None:
        """What is to be said of an event beside those noted before; None: nothing."""
        whole = hash(tuple(event.values()))
        if whole in self._whole:
            return SAME
        self._whole.add(whole)
        comment = event["type"] == "comment.observed"
        # An edit or a deletion is the same comment seen later; a reading is one of an instant.
        identity = [event.get(name) for name in _IDENTITY] + [None if comment else event["observed_at"]]
        content = hash((event["created_at"], event["author_id"])) if comment else whole
        if self._seen.setdefault(hash(tuple(identity)), content) == content:
            return None
        return OTHER_COMMENT if comment else OTHER_READING

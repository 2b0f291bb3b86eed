"""What the rule file says of comments that look made to score. Pure; told to its readers in docs/skor.md.

Each flag belongs to one post and is decided by that post's comments alone; `new_authors` is not: it needs the
account's history, and therefore never discounts.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
_THOUSAND = 1000


def _in_thousandths(share: float) -> float:
    """Counts are compared as whole numbers, so that no rounding decides over a flag."""
    if abs(share * _THOUSAND - round(share * _THOUSAND)) > 1e-9:
        raise ValueError("at most three decimals")
    return share


class CopiedText(BaseModel):
    """The same text (pantau/score/fingerprints.py) by many pseudonyms under one post."""

    model_config = _STRICT

    authors: Annotated[int, Field(ge=2, le=10_000, description="from how many different pseudonyms on")] = 5
    words: Annotated[int, Field(ge=1, le=1000, description="shorter texts are never flagged")] = 4
    discount: Annotated[bool, Field(description="only the first comment of such a text counts")] = True


class OneWord(BaseModel):
    """Hardly anything but single words, emoji and mentions under one post."""

    model_config = _STRICT

    comments: Annotated[int, Field(ge=1, le=1_000_000, description="fewer say nothing")] = 30
    share: Annotated[float, Field(gt=0, le=1), AfterValidator(_in_thousandths)] = 0.8
    discount: Annotated[bool, Field(description="false: listed alone, because honest praise looks alike")] = (
        False
    )

    @property
    def thousandths(self) -> int:
        return round(self.share * _THOUSAND)


class NewAuthors(BaseModel):
    """Many pseudonyms within a short time whose first comment on the account this is. Listed alone."""

    model_config = _STRICT

    authors: Annotated[int, Field(ge=2, le=100_000)] = 20
    minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    known_days: Annotated[
        int,
        Field(ge=0, le=365, description="how long the account has had comments: at first everybody is new"),
    ] = 30


class FlagRules(BaseModel):
    model_config = _STRICT

    copied_text: CopiedText = CopiedText()
    one_word: OneWord = OneWord()
    new_authors: NewAuthors = NewAuthors()

    @property
    def counting_rules(self) -> dict[str, Any]:
        """The part that buckets have in them."""
        return self.model_dump(mode="json", include={"copied_text", "one_word"})

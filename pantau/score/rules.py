"""The versioned rule file of deploy/scoring/rules.yaml, as a model. What each rule means: docs/skor.md."""

import math
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    create_model,
    field_validator,
)

from pantau.contracts.fields import AccountId, AccountKind, Platform
from pantau.runtime.errors import ConfigurationError
from pantau.runtime.yaml_file import YamlFaultsError, read_yaml
from pantau.score.flag_rules import FlagRules

Share = Annotated[float, Field(ge=0, le=1)]
PlatformWeight = Annotated[float, Field(ge=0)]
GroupName = Annotated[str, Field(min_length=1, max_length=64)]
_STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Metric(StrEnum):
    VIEWS = "views"
    POSTS = "posts"
    COMMENTS = "comments"
    LIKES = "likes"


class Normaliser(StrEnum):
    LOG_WINSOR = "log_winsor"
    PERCENTILE = "percentile"
    SHARE_OF_MAX = "share_of_max"
    PER_1000_FOLLOWERS = "per_1000_followers"


def _one_of_each(names: type[StrEnum], kind: Any) -> BeforeValidator:
    """A mapping with exactly these names: one missing and one unknown are told by name, both at once."""
    fields: dict[str, Any] = {name.value: (kind, ...) for name in names}
    table = create_model(f"{names.__name__}Table", __config__=_STRICT, **fields)
    return BeforeValidator(lambda given: table.model_validate(given).model_dump())


class RulesError(ConfigurationError, ValueError):
    """The rule file cannot be used; the message lists every fault, one a line."""


class PeerGroup(BaseModel):
    """Accounts that are compared with one another. An account named here is so whatever its kind."""

    model_config = _STRICT

    kinds: tuple[AccountKind, ...] = ()
    accounts: tuple[AccountId, ...] = ()


class Rules(BaseModel):
    model_config = _STRICT

    version: Annotated[str, Field(min_length=1, max_length=64)]
    weights: Annotated[dict[Metric, Share], _one_of_each(Metric, Share)]
    normaliser: Normaliser = Normaliser.LOG_WINSOR
    platforms: Annotated[dict[Platform, PlatformWeight], _one_of_each(Platform, PlatformWeight)]
    peer_groups: dict[GroupName, PeerGroup] = Field(default_factory=dict)
    max_comments_per_author_and_post: Annotated[int, Field(ge=1, le=1000)] = 3
    max_posts_per_day: Annotated[int, Field(ge=1, le=1000)] = 5
    minimum_posts: Annotated[int, Field(ge=0, le=1000)] = 4
    minimum_followers: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    minimum_completeness: Share = 0.70
    flags: FlagRules = FlagRules()

    @property
    def counting_rules(self) -> dict[str, Any]:
        """The rules that buckets have in them: where these change, buckets have to be written anew."""
        return {
            "max_comments_per_author_and_post": self.max_comments_per_author_and_post,
            "max_posts_per_day": self.max_posts_per_day,
            "flags": self.flags.counting_rules,
        }

    @property
    def needs_followers(self) -> bool:
        return self.normaliser is Normaliser.PER_1000_FOLLOWERS

    def group_of(self, account_id: str, kind: str) -> str:
        """The peer group of an account: one that names it, else one of its kind, else that of all others."""
        for name, group in self.peer_groups.items():
            if account_id in group.accounts:
                return name
        return next((name for name, group in self.peer_groups.items() if kind in group.kinds), "")

    @field_validator("weights")
    @classmethod
    def _whole(cls, weights: dict[Metric, float]) -> dict[Metric, float]:
        total = sum(weights.values())
        if not math.isclose(total, 1.0, abs_tol=1e-9):
            raise ValueError(f"weights add up to {total:g}, not 1")
        return weights

    @field_validator("platforms")
    @classmethod
    def _any_platform(cls, platforms: dict[Platform, float]) -> dict[Platform, float]:
        if not any(platforms.values()):
            raise ValueError("every platform has weight 0, so nobody would have a score")
        return platforms

    @field_validator("peer_groups")
    @classmethod
    def _distinct(cls, groups: dict[str, PeerGroup]) -> dict[str, PeerGroup]:
        faults = [
            f"{name}: no kinds and no accounts" for name, g in groups.items() if not g.kinds + g.accounts
        ]
        for what in ("kinds", "accounts"):
            named = [(name, member) for name, group in groups.items() for member in getattr(group, what)]
            faults += [
                f"{what.rstrip('s')} {twice} is named {times} times" for twice, times in _repeated(named)
            ]
        if faults:
            raise ValueError("\n".join(faults))
        return groups


def _repeated(named: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
    counts = Counter(str(member) for _, member in named)
    return [(member, times) for member, times in counts.items() if times > 1]


def load_rules(path: Path) -> Rules:
    """Raises RulesError with every fault when the file is missing or wrong."""
    try:
        document, faults = read_yaml(path)
    except YamlFaultsError as error:
        raise RulesError(_listed(path, [str(error)])) from error
    try:
        rules = Rules.model_validate(document)
    except ValidationError as error:
        raise RulesError(_listed(path, faults + _readable(error))) from error
    if faults:
        raise RulesError(_listed(path, faults))
    return rules


_PLAIN = {"extra_forbidden": "no rule has this name", "missing": "missing"}


def _readable(error: ValidationError) -> list[str]:
    faults: list[str] = []
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"]) or "rules"
        told = _PLAIN.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        faults += [f"{name}: {line}" for line in told.splitlines()]
    return faults


def _listed(path: Path, faults: list[str]) -> str:
    return "\n  ".join([f"{path}:", *faults])

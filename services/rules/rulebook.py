"""The versioned rule file of deploy/scoring/rules.yaml."""

import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.contracts.fields import Platform

Share = Annotated[float, Field(ge=0, le=1)]


class Metric(StrEnum):
    VIEWS = "views"
    POSTS = "posts"
    COMMENTS = "comments"
    LIKES = "likes"


class Normaliser(StrEnum):
    LOG_WINSOR = "log_winsor"
    SHARE_OF_MAX = "share_of_max"


class RulesError(ValueError):
    """The rule file cannot be used; the message lists every fault."""


class Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[str, Field(min_length=1, max_length=64)]
    weights: dict[Metric, Share]
    normaliser: Normaliser = Normaliser.LOG_WINSOR
    platforms: dict[Platform, Annotated[float, Field(ge=0)]]
    max_comments_per_author_and_post: Annotated[int, Field(ge=1, le=1000)] = 3
    max_posts_per_day: Annotated[int, Field(ge=1, le=1000)] = 5
    minimum_completeness: Share = 0.70

    @model_validator(mode="after")
    def _complete(self) -> "Rules":
        missing = [*(set(Metric) - set(self.weights)), *(set(Platform) - set(self.platforms))]
        if missing:
            raise ValueError(f"no weight given for {', '.join(sorted(missing))}")
        if not math.isclose(sum(self.weights.values()), 1.0, abs_tol=1e-9):
            raise ValueError(f"weights add up to {sum(self.weights.values()):g}, not 1")
        return self


def load_rules(path: Path) -> Rules:
    """Raises RulesError with every fault when the file is missing or wrong."""
    try:
        return Rules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise RulesError(f"{path}: {error}") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'rules'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise RulesError(f"{path}: {faults}") from error

"""The sentiment service's settings: SENTIMENT_* and the shared names."""

import math
import os
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from pantau.runtime.settings import ServiceSettings, alias

SHIPPED_MODEL = Path(__file__).with_name("shipped_model")
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cpus_given(quota_file: Path = CPU_QUOTA) -> int:
    """CPUs that this process may use: its affinity, or a container's quota where that is less."""
    given = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, period = (quota_file.read_text().split() if quota_file.is_file() else ["max", "1"])[:2]
    return given if quota == "max" else max(1, min(given, math.ceil(int(quota) / int(period))))


class SentimentSettings(ServiceSettings):
    prefix: ClassVar[str] = "SENTIMENT_"

    metrics_port: int = Field(
        9102, description="Port of the operations server: /metrics, /healthz, /readyz", ge=1, le=65535
    )
    model: str = Field(
        str(SHIPPED_MODEL),
        validation_alias=alias("SENTIMENT_MODEL"),
        description="Folder or hub id of the model; unset: the one that ships with the service",
    )
    threads: int = Field(
        default_factory=cpus_given,
        validation_alias=alias("SENTIMENT_THREADS"),
        description="Batches computed at once; unset: the CPUs that the process was given",
        ge=1,
        le=256,
    )
    batch_max_comments: int = Field(
        256,
        validation_alias=alias("SENTIMENT_BATCH_MAX_COMMENTS"),
        description="A batch is labelled once it has this many comments",
        ge=1,
        le=10_000,
    )
    batch_milliseconds: int = Field(
        200,
        validation_alias=alias("SENTIMENT_BATCH_MILLISECONDS"),
        description="A batch is labelled at the latest this long after its first comment arrived",
        ge=0,
        le=60_000,
    )
    group: str = Field(
        "sentiment",
        validation_alias=alias("SENTIMENT_GROUP"),
        description="Kafka consumer group; its members share the work",
        min_length=1,
    )
    instance: str | None = Field(
        None,
        validation_alias=alias("SENTIMENT_INSTANCE"),
        description="Stable name of this member, different for each: a restart then causes no rebalance",
    )
    retry_seconds: float = Field(
        120,
        validation_alias=alias("SENTIMENT_RETRY_SECONDS"),
        description="How long Kafka may be away before the process gives up",
        gt=0,
    )
    stall_seconds: float = Field(
        60,
        validation_alias=alias("SENTIMENT_STALL_SECONDS"),
        description="The watchdog ends a process that commits nothing for this long while comments wait",
        gt=0,
    )

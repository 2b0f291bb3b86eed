"""The sentiment service's settings: SENTIMENT_* and the shared names."""

import math
import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from pantau.runtime.settings import ServiceSettings, metrics_port

SHIPPED_MODEL = Path(__file__).with_name("shipped_model")
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cpus_given(quota_file: Path = CPU_QUOTA) -> int:
    """CPUs that this process may use: its affinity, or a container's quota where that is less."""
    given = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, period = (quota_file.read_text().split() if quota_file.is_file() else ["max", "1"])[:2]
    return given if quota == "max" else max(1, min(given, math.ceil(int(quota) / int(period))))


class SentimentSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SENTIMENT_")

    metrics_port: int = metrics_port(9102)
    model: str = Field(
        str(SHIPPED_MODEL),
        description="Folder or hub id of the model; unset: the one that ships with the service",
    )
    threads: int = Field(
        default_factory=cpus_given,
        description="Batches computed at once; unset: the CPUs that the process was given",
        ge=1,
        le=256,
    )
    batch_max_comments: int = Field(
        256,
        description="A batch is labelled once it has this many comments",
        ge=1,
        le=10_000,
    )
    batch_milliseconds: int = Field(
        200,
        description="A batch is labelled at the latest this long after its first comment arrived",
        ge=0,
        le=60_000,
    )
    group: str = Field(
        "sentiment",
        description="Kafka consumer group; its members share the work",
        min_length=1,
    )
    instance: str | None = Field(
        None,
        description="Stable name of this member, different for each: a restart then causes no rebalance",
    )
    retry_seconds: float = Field(
        120,
        description="How long Kafka may be away before the process gives up",
        gt=0,
    )
    stall_seconds: float = Field(
        60,
        description="The watchdog ends a process that commits nothing for this long while comments wait",
        gt=0,
    )

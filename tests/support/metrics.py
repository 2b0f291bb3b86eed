"""Every metric that pantau/runtime/metrics.py declares, as Prometheus sees it."""

from dataclasses import dataclass

from prometheus_client.metrics import MetricWrapperBase

from pantau.runtime import metrics


@dataclass(frozen=True)
class Metric:
    name: str
    kind: str
    help: str
    labels: tuple[str, ...]


def _declared() -> list[Metric]:
    collectors = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
    return [
        Metric(
            described.name + ("_total" if described.type == "counter" else ""),
            described.type,
            described.documentation,
            tuple(collector._labelnames),
        )
        for collector in collectors
        for described in collector.describe()
    ]


METRICS = _declared()


def exported_names() -> dict[str, tuple[str, ...]]:
    """Name of each exported series to its labels."""
    names: dict[str, tuple[str, ...]] = {}
    for metric in METRICS:
        if metric.kind == "histogram":
            names |= {f"{metric.name}_{part}": metric.labels for part in ("bucket", "sum", "count")}
        else:
            names[metric.name] = metric.labels
    return names

"""What is counted, in the form Prometheus reads. Names of declared things, never of a person.

Counting must cost next to nothing where requests are many, so these are plain tables; they become
families of samples when somebody looks.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

__all__ = ["METRICS_TYPE", "Meters"]

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)


class _Histogram:
    """Counts by bucket, and the sum."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Give the counts up to each bound."""
        told, running = [], 0
        for bound, count in zip((*self.bounds, "+Inf"), self.counts, strict=True):
            running += count
            told.append((str(bound), float(running)))
        return told


class Meters(Collector):
    """The counts of one service."""

    def __init__(self) -> None:
        """Start at zero."""
        self._requests: dict[tuple[str, str, int], _Histogram] = {}
        self._turns: dict[str, tuple[_Histogram, _Histogram]] = {}
        self._decisions: Counter[tuple[str, str]] = Counter()
        self._removed: Counter[tuple[str, str]] = Counter()
        self._events: Counter[tuple[str, str]] = Counter()
        self._gauges: dict[str, tuple[str, Callable[[], float]]] = {}

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by the template of its route."""
        found = self._requests.get((method, route, status))
        if found is None:
            found = self._requests[method, route, status] = _Histogram(_SECONDS)
        found.add(seconds)

    def turn(self, verb: str, size: int, seconds: float) -> None:
        """Count a turn by how many requests shared it, and how long it took."""
        found = self._turns.get(verb)
        if found is None:
            found = self._turns[verb] = (_Histogram(_SIZES), _Histogram(_SECONDS))
        found[0].add(size)
        found[1].add(seconds)

    def decision(self, moment: str, mode: str, removed: tuple[str, ...]) -> None:
        """Count a decision, and what guardrails took out of it, by rule."""
        self._decisions[moment, mode] += 1
        for rule in removed:
            self._removed[moment, rule] += 1

    def event(self, kind: str, result: str) -> None:
        """Count a signal or an outcome, kept or refused."""
        self._events[kind, result] += 1

    def gauge(self, name: str, says: str, read: Callable[[], float]) -> None:
        """Have a number read whenever somebody looks."""
        self._gauges[name] = (says, read)

    def exposed(self) -> bytes:
        """Give everything as Prometheus reads it."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Give the families of samples."""
        yield self._durations()
        yield from self._of_turns()
        yield _counted(
            "penchant_decisions",
            "Decisions, by moment and mode.",
            ("moment", "mode"),
            self._decisions,
        )
        yield _counted(
            "penchant_suppressed",
            "Actions that guardrails took out, by moment and rule.",
            ("moment", "rule"),
            self._removed,
        )
        yield _counted(
            "penchant_events",
            "Signals and outcomes, by what became of them.",
            ("type", "result"),
            self._events,
        )
        for name, (says, read) in self._gauges.items():
            yield GaugeMetricFamily(f"penchant_{name}", says, read())
        yield InfoMetricFamily("penchant_build", "Version.", {"version": version("penchant")})

    def _durations(self) -> Metric:
        family = HistogramMetricFamily(
            "penchant_http_request_duration_seconds",
            "How long requests took, by route.",
            labels=("method", "route", "status"),
        )
        for (method, route, status), found in list(self._requests.items()):
            family.add_metric((method, route, str(status)), found.buckets(), found.total)
        return family

    def _of_turns(self) -> Iterator[Metric]:
        told = (
            ("penchant_turn_requests", "Requests that shared a turn."),
            ("penchant_turn_duration_seconds", "How long turns took, the disk included."),
        )
        for place, (name, says) in enumerate(told):
            family = HistogramMetricFamily(name, says, labels=("verb",))
            for verb, found in list(self._turns.items()):
                family.add_metric((verb,), found[place].buckets(), found[place].total)
            yield family


def _counted(
    name: str, says: str, labels: tuple[str, ...], counts: Counter[tuple[str, str]]
) -> Metric:
    family = CounterMetricFamily(name, says, labels=labels)
    for values, count in list(counts.items()):
        family.add_metric(values, count)
    return family

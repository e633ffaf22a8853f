"""Metrics, in the text format of Prometheus: `conflict_timeline_*`, in base units."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from conflict_timeline.projector.status import Status

MEDIA_TYPE: Final = "text/plain; version=0.0.4"
"""The character set is told by whoever answers with it."""

Waiting = dict[str, int]
"""By intake stream, how many events wait in it."""


class Subscribed(NamedTuple):
    """Live subscribers: how many there are, how many were cut, and what all were sent."""

    subscribers: Callable[[], int]
    cut: Callable[[], int]
    sent_bytes: Callable[[], int]


class Metrics:
    """What is measured here, and what the broker tells of the others when it is asked."""

    def __init__(
        self,
        status: Callable[[], Status | None],
        waiting: Callable[[], Waiting],
        is_ready: Callable[[], bool],
        subscribed: Subscribed,
    ) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Told(status, waiting, is_ready, subscribed))
        ProcessCollector(namespace="conflict_timeline", registry=self._registry)
        self.requests = Counter(
            "conflict_timeline_http_requests",
            "HTTP requests answered.",
            ("method", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "conflict_timeline_http_request_duration_seconds",
            "How long an answer took to begin; live subscriptions are left out.",
            registry=self._registry,
        )
        self.published = Counter(
            "conflict_timeline_http_events",
            "Events offered over HTTP, by what became of them.",
            ("outcome",),
            registry=self._registry,
        )
        self.refused = Counter(
            "conflict_timeline_http_refused_events",
            "Events offered over HTTP that were refused, by reason.",
            ("reason",),
            registry=self._registry,
        )

    def text(self) -> bytes:
        """All of it."""
        return generate_latest(self._registry)


class _Told(Collector):
    """Turns what `status` tells into metrics, when somebody asks."""

    def __init__(
        self,
        status: Callable[[], Status | None],
        waiting: Callable[[], Waiting],
        is_ready: Callable[[], bool],
        subscribed: Subscribed,
    ) -> None:
        self._status = status
        self._waiting = waiting
        self._is_ready = is_ready
        self._subscribed = subscribed

    def collect(self) -> Iterable[Metric]:
        """Every family, in one order."""
        ready = GaugeMetricFamily("conflict_timeline_ready", "1 when ready, else 0.")
        ready.add_metric([], float(self._is_ready()))
        yield ready
        live = GaugeMetricFamily("conflict_timeline_live_subscribers", "Live subscribers now.")
        live.add_metric([], self._subscribed.subscribers())
        yield live
        cut = CounterMetricFamily(
            "conflict_timeline_live_cut", "Subscribers that were cut because they did not read."
        )
        cut.add_metric([], self._subscribed.cut())
        yield cut
        sent = CounterMetricFamily(
            "conflict_timeline_live_sent_bytes", "Bytes of events given to live subscribers."
        )
        sent.add_metric([], self._subscribed.sent_bytes())
        yield sent
        waiting = GaugeMetricFamily(
            "conflict_timeline_intake_waiting_events",
            "Events in an intake stream that were not dealt with yet.",
            labels=("stream",),
        )
        for stream, count in self._waiting().items():
            waiting.add_metric([stream], count)
        yield waiting
        status = self._status()
        if status is not None:
            yield from _of(status)


def _of(status: Status) -> Iterable[Metric]:
    refused = GaugeMetricFamily("conflict_timeline_refused_events", "Refused events that are kept.")
    refused.add_metric([], status.refused)
    yield refused
    head = GaugeMetricFamily(
        "conflict_timeline_log_head_position", "The last position of a log.", labels=("conflict",)
    )
    for conflict in status.conflicts:
        head.add_metric([conflict.conflict], conflict.head)
    yield head
    labels = ("conflict", "projection", "version")
    position = GaugeMetricFamily(
        "conflict_timeline_checkpoint_position", "How far a timeline has come.", labels=labels
    )
    behind = GaugeMetricFamily(
        "conflict_timeline_lag_events", "Events between checkpoint and head.", labels=labels
    )
    seconds = GaugeMetricFamily(
        "conflict_timeline_lag_seconds", "Recorded time between the two.", labels=labels
    )
    revisions = GaugeMetricFamily(
        "conflict_timeline_revisions", "Revisions that a timeline has.", labels=labels
    )
    stuck = GaugeMetricFamily(
        "conflict_timeline_stuck", "1 when a timeline is stuck, else 0.", labels=labels
    )
    for conflict in status.conflicts:
        for one in conflict.projections:
            of = [conflict.conflict, one.projection, str(one.version)]
            position.add_metric(of, one.position)
            behind.add_metric(of, one.lag_events)
            seconds.add_metric(of, one.lag_s)
            revisions.add_metric(of, one.revisions)
            stuck.add_metric(of, float(one.state == "stuck"))
    yield from (position, behind, seconds, revisions, stuck)

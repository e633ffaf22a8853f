"""Nothing that HTTP has is undocumented, and nothing is documented that is not there."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from conflict_events.receipts import Receipt
from conflict_timeline.projector.status import ConflictStatus, ProjectionStatus, Status
from conflict_timeline.web.answers import ConflictKnown, EntryHistory, EventBehind, TimelinePage
from conflict_timeline.web.health import Ready, StatusTold, Trouble
from conflict_timeline.web.metrics import Metrics, Subscribed
from conflict_timeline.web.openapi import document
from conflict_timeline.web.overview import Moment, Seen
from conflict_timeline.web.overview.shapes import (
    Density,
    Extent,
    IncidentMarks,
    IncidentsSeen,
    StatementMarks,
)
from conflict_timeline.web.problems import Problem
from conflict_timeline.web.refused import RefusedPage, RefusedTold

PAGE: Final = (Path(__file__).parents[2] / "docs" / "reference" / "http.md").read_text("utf-8")
PATHS: Final = document()["paths"]
ROUTES: Final = sorted(f"{m.upper()} {path}" for path, item in PATHS.items() for m in item)
PARAMETERS: Final = sorted(
    {
        parameter["name"]
        for item in PATHS.values()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
    }
)
STATUSES: Final = sorted(
    {s for item in PATHS.values() for of in item.values() for s in of["responses"] if s >= "400"}
)
ANSWERS: Final = (
    *(ConflictKnown, TimelinePage, EntryHistory, EventBehind, Receipt, Ready, Trouble, StatusTold),
    *(Moment, Seen, Extent, Density, StatementMarks, IncidentMarks, IncidentsSeen),
    *(RefusedPage, RefusedTold),
)


def metrics() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every metric as Prometheus will know it, and its labels."""
    projection = ProjectionStatus(
        projection="pairings",
        version=1,
        served=True,
        position=1,
        lag_events=0,
        lag_s=0.0,
        revisions=1,
        digest="",
        state="idle",
        reason=None,
        waiting=0,
        stuck=None,
    )
    conflict = ConflictStatus(
        conflict="ukraine", head=1, recorded_at=None, projections=[projection]
    )
    told = Metrics(
        lambda: Status(refused=0, conflicts=[conflict]),
        lambda: {"intake:strike": 1},
        lambda: True,
        Subscribed(lambda: 1, lambda: 0, lambda: 0),
    )
    told.requests.labels("GET", "200").inc()
    told.published.labels("recorded").inc()
    told.refused.labels("invalid").inc()
    for family in text_string_to_metric_families(told.text().decode()):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = {label for sample in family.samples for label in sample.labels}
        if not name.endswith("_created"):
            yield name, tuple(sorted(labels - {"le"}))


METRICS: Final = dict(metrics())


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_is_documented(route: str) -> None:
    assert f"\n| `{route}` | " in PAGE


def test_no_route_is_documented_that_is_not_there() -> None:
    documented = re.findall(r"^\| `((?:GET|POST|PUT|DELETE) [^`]+)`", PAGE, re.MULTILINE)

    assert sorted(documented) == ROUTES


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_is_documented(parameter: str) -> None:
    assert f"`{parameter}`" in PAGE or f"{{{parameter}}}" in PAGE


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_documented(status: str) -> None:
    assert f"\n| `{status}` | " in PAGE
    assert HTTPStatus(int(status)).phrase


@pytest.mark.parametrize(
    "field", sorted({field for one in (*ANSWERS, Problem) for field in one.__struct_fields__})
)
def test_a_field_of_an_answer_is_documented(field: str) -> None:
    if field != "type":  # Of a problem: always about:blank, and left out.
        assert re.search(rf'[`"]{field}[`"]', PAGE)


@pytest.mark.parametrize("event", ["revision", "progress", "switched", "cut"])
def test_a_live_event_is_documented(event: str) -> None:
    assert f"\n| `{event}` | " in PAGE


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_a_metric_is_ours_and_documented_with_its_labels(metric: str) -> None:
    assert metric.startswith("conflict_timeline_")
    row = re.search(rf"^\| `{metric}` \| (.*?) ?\| ", PAGE, re.MULTILINE)
    assert row is not None
    assert tuple(sorted(re.findall(r"`(\w+)`", row[1]))) == METRICS[metric]


def test_no_metric_is_documented_that_is_not_there() -> None:
    documented = re.findall(r"^\| `(conflict_timeline_\w+)`", PAGE, re.MULTILINE)

    assert sorted(documented) == sorted(METRICS)

"""The data package: what it says of a file, and of whom it says that it is theirs."""

import json
from typing import Final

import pytest

from conflict_events.timelines import Incident
from conflict_timeline.connectors.registry import CONNECTORS
from conflict_timeline.queries.exports.datapackage import (
    MEDIA_TYPES,
    DataFile,
    FileFormat,
    Provenance,
    datapackage,
)
from conflict_timeline.queries.exports.licences import LICENCES
from conflict_timeline.queries.exports.producers import Producers
from conflict_timeline.queries.exports.selection import Selection
from conflict_timeline.queries.exports.tables import TABLES
from conflict_timeline.queries.filters import Filters
from conflict_timeline.testing import (
    Json,
    article,
    correction_of,
    denial,
    record,
    retraction_of,
    statement,
    strike,
)
from tests.queries.exporting import FULL, ODESA, WORDS, selection

OPEN: Final = "https://open.example"
SHARED: Final = "https://shared.example"
DESK: Final = "urn:desk"
KNOWN: Final = {OPEN: "CC0-1.0", SHARED: "ODbL-1.0"}


def producers(projection: str, *events: Json, **filters: object) -> dict[str, int]:
    """How many events of each producer stand behind what is chosen of a log."""
    of = selection(projection, *events, **filters)
    found = Producers(of, of.view.incidents.bodies if of.view is not None else bodies(*events))
    for recorded in record(events):
        found.take(recorded)
    return found.events


def bodies(*events: Json) -> dict[str, Incident]:
    """The incidents of a log."""
    view = selection("pairings", *events).view
    assert view is not None
    return view.incidents.bodies


def package(
    of: Selection,
    *,
    file_format: FileFormat = "csv",
    filters: Filters | None = None,
    behind: dict[str, int] | None = None,
) -> Json:
    """The package of a selection, as a reader gets it."""
    provenance = Provenance("ab" * 32, "2025-04-01T00:00:00Z", behind or {}, KNOWN)
    file = DataFile(f"{of.projection}.{file_format}", file_format, 7, "cd" * 32)
    read: Json = json.loads(datapackage(of, filters or Filters(), provenance, file))
    return read


# What it says


def test_a_package_cites_the_position_the_versions_and_the_rules() -> None:
    read = package(selection("pairings", WORDS, ODESA))

    assert read["name"] == "ukraine-pairings-2"
    assert (read["conflict"], read["projection"], read["position"]) == ("ukraine", "pairings", 2)
    assert read["version"] == "1"
    assert read["versions"] == {"chronology": 1, "incidents": 1, "pairings": 1}
    assert (read["rules"], read["digest"]) == ("pairings/1", "ab" * 32)
    assert (read["recorded_at"], read["entries"]) == ("2025-04-01T00:00:00Z", 1)
    assert "does not refute it" in read["description"]
    assert "mirror STATEMENT --conflict ukraine --as-of 2" in read["description"]


@pytest.mark.parametrize(
    ("projection", "rules"),
    [("incidents", None), ("reversals", "reversals/1"), ("coverage", None)],
)
def test_only_what_is_made_by_rules_names_them(projection: str, rules: str | None) -> None:
    assert package(selection(projection, *FULL))["rules"] == rules


def test_a_package_says_by_what_its_entries_were_chosen() -> None:
    filters = Filters(from_="2025-02-18", party=("RUS",), disputed=True)

    read = package(selection("incidents", *FULL), filters=filters)

    assert read["filters"] == {"from": "2025-02-18", "party": ["RUS"], "disputed": True}
    assert package(selection("incidents", *FULL))["filters"] == {}


def test_nothing_in_a_package_tells_when_it_was_made() -> None:
    assert "created" not in package(selection("incidents", *FULL))


@pytest.mark.parametrize("projection", TABLES)
def test_a_csv_has_its_schema_and_dialect(projection: str) -> None:
    (resource,) = package(selection(projection, *FULL))["resources"]

    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == [one.name for one in TABLES[projection].columns]
    assert all(field["description"] and field["type"] for field in fields)
    assert resource["schema"]["primaryKey"][0] == "entry"
    assert resource["dialect"]["lineTerminator"] == "\r\n"
    assert (resource["bytes"], resource["hash"]) == (7, "sha256:" + "cd" * 32)


@pytest.mark.parametrize("file_format", ["geojson", "ndjson"])
def test_another_format_has_no_table_schema(file_format: FileFormat) -> None:
    (resource,) = package(selection("incidents", *FULL), file_format=file_format)["resources"]

    assert resource == {
        "name": "incidents",
        "path": f"incidents.{file_format}",
        "format": file_format,
        "mediatype": MEDIA_TYPES[file_format],
        "encoding": "utf-8",
        "bytes": 7,
        "hash": "sha256:" + "cd" * 32,
    }


# Licences


def test_sources_have_their_licences_and_what_is_known_is_listed_once() -> None:
    read = package(selection("incidents", ODESA), behind={SHARED: 3, OPEN: 1})

    assert read["sources"] == [
        {"title": OPEN, "path": OPEN, "events": 1, "license": "CC0-1.0"},
        {"title": SHARED, "path": SHARED, "events": 3, "license": "ODbL-1.0"},
    ]
    assert [one["name"] for one in read["licenses"]] == ["CC0-1.0", "ODbL-1.0"]
    assert all(one["path"].startswith("https://") for one in read["licenses"])
    assert "no licence is known" not in read["licence_note"]


def test_a_licence_that_is_not_known_is_never_claimed() -> None:
    read = package(selection("incidents", ODESA), behind={DESK: 3, OPEN: 1})

    assert read["sources"][1] == {"title": DESK, "events": 3, "license": None}
    assert [one["name"] for one in read["licenses"]] == ["CC0-1.0"]
    assert "Of 1 of the 2 sources no licence is known" in read["licence_note"]


def test_where_no_licence_is_known_there_is_no_list_of_them() -> None:
    read = package(selection("incidents", ODESA), behind={DESK: 3})

    assert "licenses" not in read
    assert "Of 1 of the 1 sources no licence is known" in read["licence_note"]


def test_each_licence_of_a_connector_with_a_producer_of_its_own_has_an_address() -> None:
    named = {one.licence for one in CONNECTORS.values() if one.source is not None}

    assert named - set(LICENCES) == set()


# Producers


def test_only_the_producers_of_what_was_chosen_are_named() -> None:
    here = strike("2025-02-18T20:00:00Z", source=OPEN)
    there = strike("2025-02-18T20:00:00Z", place={"country": "RU"}, source=SHARED)

    assert producers("incidents", here, there) == {OPEN: 1, SHARED: 1}
    assert producers("incidents", here, there, region=("UA",)) == {OPEN: 1}
    assert producers("chronology", here, there, region=("RU",)) == {SHARED: 1}


def test_every_report_of_an_incident_and_its_amendments_count() -> None:
    first = strike("2025-02-18T20:00:00Z/2025-02-18T22:00:00Z", id="first", source=OPEN)
    second = strike("2025-02-18T21:00:00Z/2025-02-18T23:00:00Z", id="second", source=SHARED)
    moved = correction_of(second, id="moved", source=DESK, targets=["rail"])

    assert producers("incidents", first, second, moved) == {OPEN: 1, SHARED: 1, DESK: 1}


def test_what_was_retracted_is_behind_nothing() -> None:
    gone = strike("2025-02-18T20:00:00Z", source=SHARED)

    assert producers(
        "chronology", denial("2025-02-18", source=OPEN), gone, retraction_of(gone)
    ) == {OPEN: 1}


def test_behind_pairs_are_all_statements_and_incidents_as_base_rates_count_them() -> None:
    words = denial("2025-02-18T10:00:00Z", source=OPEN)
    after = strike("2025-02-19T10:00:00Z", source=SHARED)
    long_before = strike("2025-01-19T10:00:00Z", source=DESK)
    news = article("2025-02-18T10:00:00Z", source="urn:news")

    assert producers("pairings", words, after, long_before, news) == {OPEN: 1, SHARED: 1, DESK: 1}
    assert producers("pairings", words, after, long_before, news, act=("promise",)) == {}


def test_behind_a_reversal_are_both_statements() -> None:
    vow = statement("2025-02-01", act="promise", source=OPEN)
    threat = statement("2025-02-03", act="threaten", source=SHARED)
    other = statement("2025-02-03", act="report", source=DESK)

    assert producers("reversals", vow, threat, other) == {OPEN: 1, SHARED: 1}


def test_behind_figures_are_all_reports_of_their_incident() -> None:
    figure = {"measure": "killed", "unit": "people", "best": 1, "claimant": "A mayor"}
    counted = strike("2025-02-18T20:00:00Z/2025-02-18T22:00:00Z", figures=[figure], source=OPEN)
    silent = strike("2025-02-18T20:00:00Z/2025-02-18T21:00:00Z", source=SHARED)

    assert producers("figures", counted, silent) == {OPEN: 1, SHARED: 1}


def test_behind_coverage_are_the_article_and_all_that_cite_it() -> None:
    url = "https://news.example/1"
    news = article("2025-02-18T10:00:00Z", url=url, source=OPEN)
    citing = strike("2025-02-18T20:00:00Z", articles=[url], source=SHARED)

    assert producers("coverage", news, citing, strike("2025-02-19", source=DESK)) == {
        OPEN: 1,
        SHARED: 1,
    }


def test_where_not_all_events_are_named_every_producer_of_the_log_is() -> None:
    reports = [
        strike("2025-02-18T20:00:00Z/2025-02-18T21:00:00Z", id=f"r{number}", source=OPEN)
        for number in range(257)
    ]
    other = denial("2025-02-18T10:00:00Z", source=DESK)

    assert producers("incidents", other, *reports) == {OPEN: 257, DESK: 1}


def test_behind_entries_of_a_plugin_may_be_any_event() -> None:
    of = selection("incidents", ODESA)._replace(projection="mine", versions={"mine": 1})
    found = Producers(of, {})
    for recorded in record([ODESA, WORDS]):
        found.take(recorded)

    assert sum(found.events.values()) == 2

"""What is asked over HTTP is what the command line tells, of every timeline and moment."""

import csv
import io
import json
import threading
from itertools import pairwise
from typing import Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from conflict_timeline.projections.registry import PROJECTIONS
from tests.oracle.builders import by, corrected, strike
from tests.oracle.reports import key_of
from tests.services.web.http.site import CHRONOLOGY, INCIDENTS, PAIRINGS, Json, Site, raids, within

HEAD: Final = 34
LAVROV: Final = "048ea9526e16c10e95c9d8ceb9533041"

Query = dict[str, str | int]

ALL: Final[list[Query]] = [{}, {"as_of": 20}]
QUESTIONS: Final[list[tuple[str, Query]]] = [
    *((f"/conflicts/ukraine/timelines/{name}", query) for name in PROJECTIONS for query in ALL),
    (CHRONOLOGY, {"from": "2025-02-18", "to": "2025-02-20"}),
    (CHRONOLOGY, {"party": "RUS"}),
    (CHRONOLOGY, {"act": "deny"}),
    (CHRONOLOGY, {"speaker": "Lavrov"}),
    (CHRONOLOGY, {"q": "energy"}),
    (CHRONOLOGY, {"q": "Лавров"}),
    (CHRONOLOGY, {"topic": "energy", "as_of": 30}),
    (PAIRINGS, {"order": "after"}),
    (PAIRINGS, {"within": "72h"}),
    (PAIRINGS, {"statement": LAVROV}),
    (PAIRINGS, {"statement": "0" * 32}),
    (PAIRINGS, {"incident": "i-73434726011da913e6eec991bb14bb88"}),
    (INCIDENTS, {"region": "UA-51"}),
    (INCIDENTS, {"topic": "energy_grid"}),
    ("/conflicts/ukraine/timelines/figures", {"disputed": "true"}),
]


def asked_of(question: tuple[str, Query]) -> str:
    """A question as the name of its test."""
    path, query = question
    return " ".join([path.rpartition("/")[2], *(f"{name}={query[name]}" for name in query)])


def flags(query: Query) -> tuple[list[str], Query]:
    """The filters that the command line has as flags, and the others."""
    if "disputed" not in query:
        return [], query
    return ["--disputed"], {name: query[name] for name in query if name != "disputed"}


@pytest.mark.parametrize("question", QUESTIONS, ids=asked_of)
def test_entries_are_those_of_the_command_line(site: Site, question: tuple[str, Query]) -> None:
    path, query = question
    switches, others = flags(query)

    page = site.asked(path, limit=1_000, **query)

    assert page["entries"] == site.told(path, *switches, **others)
    assert page["next"] is None
    assert page["position"] == query.get("as_of", HEAD)
    assert page["version"] >= 1
    assert (page["conflict"], page["projection"]) == ("ukraine", path.rpartition("/")[2])


def test_a_moment_is_the_position_that_was_recorded_last_by_then(site: Site) -> None:
    (conflict,) = [
        one for one in site.http.get("/conflicts").json() if one["conflict"] == "ukraine"
    ]
    assert conflict["head"] == HEAD
    last = conflict["last_recorded_at"]

    assert site.asked(CHRONOLOGY, as_of=last)["position"] == HEAD
    assert site.asked(CHRONOLOGY, as_of="2020-01-01T00:00:00Z")["entries"] == []
    assert site.asked(CHRONOLOGY, as_of=0)["entries"] == []
    assert site.get(CHRONOLOGY, as_of=HEAD + 1).status_code == 404


def test_filters_are_told_back(site: Site) -> None:
    page = site.asked(PAIRINGS, party="RUS", within="72h")

    assert page["filters"] == {"party": ["RUS"], "within": "72h"}
    assert page["rules"] == "pairings/1"


def test_a_filter_may_be_given_twice_or_with_a_comma(site: Site) -> None:
    twice = site.asked(f"{CHRONOLOGY}?party=RUS&party=UKR")
    comma = site.asked(f"{CHRONOLOGY}?party=RUS,UKR")

    assert twice == comma


def test_no_pair_comes_without_the_rate_of_its_statement(site: Site) -> None:
    page = site.asked(PAIRINGS)

    statements = {entry["entry"].partition(":")[0] for entry in page["entries"]}
    assert set(page["base_rates"]) == statements
    for key in statements:
        assert page["base_rates"][key] == site.asked(
            f"/conflicts/ukraine/statements/{key}/baserate"
        )


@pytest.mark.parametrize("about", ["baserate", "before", "mirror"])
@pytest.mark.parametrize("as_of", [None, 20])
def test_what_stands_beside_a_statement_is_what_the_command_line_tells(
    site: Site, about: str, as_of: int | None
) -> None:
    moment = [] if as_of is None else [f"--as-of={as_of}"]
    told = site.console.asked(about, LAVROV, "--conflict", "ukraine", "--output", "json", *moment)
    query: Query = {} if as_of is None else {"as_of": as_of}

    assert site.asked(f"/conflicts/ukraine/statements/{LAVROV}/{about}", **query) == told.one


@pytest.mark.parametrize("name", ["chronology", "incidents", "pairings", "figures"])
@pytest.mark.parametrize("format_", ["csv", "geojson", "ndjson"])
def test_a_file_has_what_an_export_has(site: Site, name: str, format_: str) -> None:
    answer = site.get(f"/conflicts/ukraine/timelines/{name}", format=format_)
    into = site.console.folder / f"{name}-{format_}"
    done = site.console(
        "export", name, "--conflict", "ukraine", "--format", format_, "--into", into
    )

    if done.code != 0:
        assert (answer.status_code, done.code) == (400, 2)
        return
    assert answer.status_code == 200
    disposition = answer.headers["content-disposition"]
    assert disposition == f'attachment; filename="ukraine-{name}-{HEAD}.{format_}"'
    written = (into / f"{name}.{format_}").read_bytes()
    assert answer.content == written


def test_files_are_of_their_type_and_of_the_moment_that_is_asked_for(site: Site) -> None:
    types = {
        "csv": "text/csv; charset=utf-8",
        "geojson": "application/geo+json",
        "ndjson": "application/x-ndjson",
    }
    count = len(site.asked(INCIDENTS, as_of=20)["entries"])
    answers = {name: site.get(INCIDENTS, format=name, as_of=20) for name in types}

    assert {name: answer.headers["content-type"] for name, answer in answers.items()} == types
    assert len(list(csv.reader(io.StringIO(answers["csv"].text)))) == count + 1
    assert len(answers["geojson"].json()["features"]) == count
    assert len(answers["ndjson"].content.splitlines()) == count


def walked(site: Site, path: str, limit: int) -> list[Json]:
    """All pages of a timeline."""
    pages = [site.asked(path, limit=limit)]
    while (cursor := pages[-1]["next"]) is not None:
        pages.append(site.asked(path, limit=limit, cursor=cursor))
    return pages


@pytest.mark.parametrize("limit", [1, 7, 1_000])
def test_cursors_walk_everything_once(site: Site, limit: int) -> None:
    pages = walked(site, CHRONOLOGY, limit)

    assert [entry for page in pages for entry in page["entries"]] == site.told(CHRONOLOGY)
    assert all(len(page["entries"]) == limit for page in pages[:-1])


def test_cursors_walk_one_position_while_events_are_published(site: Site) -> None:
    """What comes in meanwhile, before and after the page that is read, is on none of them."""
    events = list(raids("niger", 400))
    site.publish(*events[1:300:2])
    site.settles("niger")
    path = "/conflicts/niger/timelines/incidents"
    stop = threading.Event()

    def publish() -> None:
        for event in [*events[0:300:2], *events[300:]]:
            site.publish(event)
            if stop.is_set():
                return

    publisher = threading.Thread(target=publish)
    publisher.start()
    try:
        pages = walked(site, path, 5)
    finally:
        stop.set()
        publisher.join()

    entries = [entry for page in pages for entry in page["entries"]]
    assert len({page["position"] for page in pages}) == 1
    assert len({entry["entry"] for entry in entries}) == len(entries)
    pinned = site.asked(path, as_of=pages[0]["position"], limit=1_000)
    assert entries == pinned["entries"]
    times = [entry["body"]["core"]["earliest"] for entry in entries]
    assert all(one < other for one, other in pairwise(times))


def test_the_pages_of_a_file_are_those_of_its_cursor(site: Site) -> None:
    first = site.asked(CHRONOLOGY, limit=10)
    rest = site.get(CHRONOLOGY, format="ndjson", cursor=first["next"])

    lines = [json.loads(line) for line in rest.content.splitlines()]
    assert {line.pop("as_of") for line in lines} == {HEAD}
    assert [*first["entries"], *lines] == site.told(CHRONOLOGY)


@pytest.mark.parametrize("query", ["", "?as_of=20", "?format=csv", "?limit=3&q=energy"])
def test_what_a_client_has_already_is_not_sent_again(site: Site, query: str) -> None:
    tag = site.get(f"{CHRONOLOGY}{query}").headers["etag"]

    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = site.http.get(f"{CHRONOLOGY}{query}", headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert tag.startswith(again.headers["etag"].removesuffix('"'))
    assert (
        site.http.get(f"{CHRONOLOGY}{query}", headers={"if-none-match": '"34-0"'}).status_code
        == 200
    )


def test_another_question_or_moment_has_another_tag(site: Site) -> None:
    queries = ["", "?as_of=20", "?limit=3", "?q=energy", "?format=csv", "?party=RUS"]

    assert len({site.get(f"{CHRONOLOGY}{one}").headers["etag"] for one in queries}) == len(queries)


def test_a_position_that_means_now_has_the_same_tag_and_bytes(site: Site) -> None:
    now, pinned = site.get(CHRONOLOGY), site.get(CHRONOLOGY, as_of=HEAD)

    assert now.headers["etag"] == pinned.headers["etag"]
    assert now.content == pinned.content


def test_a_new_event_changes_the_tag(site: Site) -> None:
    first, second = raids("benin", 2)
    path = "/conflicts/benin/timelines/incidents"
    site.publish(first)
    site.settles("benin")
    before = site.get(path)

    site.publish(second)

    def is_seen() -> bool:
        answer = site.http.get(path, headers={"if-none-match": before.headers["etag"]})
        return answer.status_code == 200 and len(answer.json()["entries"]) == 2

    within(5, is_seen)
    assert site.get(path, as_of=1).json() == before.json()


@pytest.mark.parametrize("query", ["", "?as_of=20", "?format=csv"])
def test_long_answers_are_packed_for_who_can_unpack_them(site: Site, query: str) -> None:
    plain, packed = (
        site.http.get(f"{CHRONOLOGY}{query}", headers={"accept-encoding": accepted})
        for accepted in ("identity", "gzip")
    )

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert {plain.headers["vary"], packed.headers["vary"]} == {"accept-encoding"}
    assert plain.content == packed.content
    assert packed.num_bytes_downloaded < len(plain.content)


EVERYWHERE: Final = [
    "/conflicts",
    CHRONOLOGY,
    f"{CHRONOLOGY}?as_of=20",
    f"{CHRONOLOGY}?format=csv",
    f"{CHRONOLOGY}/entries/{LAVROV}",
    f"/conflicts/ukraine/events/{LAVROV}",
    "/events?source=a&id=b",
    "/nothing",
    "/livez",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/asyncapi.json",
]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_a_browser_is_told_to_let_no_other_origin_read(site: Site, path: str) -> None:
    answer = site.http.get(path, headers={"origin": "https://evil.example"})

    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


def test_a_preflight_is_given_nothing(site: Site) -> None:
    answer = site.http.options(
        "/events",
        headers={"origin": "https://evil.example", "access-control-request-method": "POST"},
    )

    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_an_entry_answers_with_every_revision_and_the_events_behind_it(site: Site) -> None:
    made = site.told(INCIDENTS, "--history")
    names = {revision["entry"] for revision in made}

    for name in names:
        history = site.asked(f"{INCIDENTS}/entries/{name}")
        assert history["revisions"] == [one for one in made if one["entry"] == name]
        behind = {event["key"]: event for event in history["events"]}
        for revision in history["revisions"]:
            assert set(revision["because"]) <= set(behind)
            assert set(revision["body"].get("members", ())) <= set(behind)
        for key, event in behind.items():
            fate = site.asked(f"/conflicts/ukraine/events/{key}")
            assert (fate["event"], fate["position"]) == (event["event"], event["position"])


def test_an_entry_with_signs_in_its_id_can_be_asked_for(site: Site) -> None:
    for entry in site.told("/conflicts/ukraine/timelines/figures"):
        history = site.asked(f"/conflicts/ukraine/timelines/figures/entries/{entry['entry']}")
        assert history["revisions"][-1] == entry


def test_a_withdrawn_entry_names_the_one_that_it_went_into(site: Site) -> None:
    one = {**strike("one", 0, 8, attribution=by("RUS")), "conflict": "kenya"}
    two = {**strike("two", 4, 14, attribution=by("UKR")), "conflict": "kenya"}
    fix = {**corrected("fix", one, attribution=[]), "conflict": "kenya"}
    site.publish(one, two, fix)
    site.settles("kenya")
    gone, stays = f"i-{key_of(two)}", f"i-{key_of(one)}"
    path = "/conflicts/kenya/timelines/incidents"

    history = site.asked(f"{path}/entries/{gone}")

    assert history["status"] == "withdrawn"
    assert (history["merged_into"], history["leads_to"]) == (stays, stays)
    assert [one["status"] for one in history["revisions"]] == ["asserted", "withdrawn"]
    assert [entry["entry"] for entry in site.asked(path)["entries"]] == [stays]
    before = site.asked(f"{path}/entries/{gone}", as_of=2)
    assert (before["status"], before["merged_into"]) == ("asserted", None)
    assert site.get(f"{path}/entries/{gone}", as_of=1).status_code == 404


def test_the_documents_are_those_of_the_package(site: Site) -> None:
    assert site.asked("/openapi.json")["openapi"] == "3.1.0"
    assert site.asked("/asyncapi.json")["asyncapi"].startswith("3.")


def test_metrics_tell_of_what_was_asked_and_how_far_each_timeline_is(site: Site) -> None:
    site.get("/nothing")
    text = site.get("/metrics").text

    families = list(text_string_to_metric_families(text))
    assert {one.name for one in families if not one.name.startswith("conflict_timeline_")} == set()
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }
    assert samples["conflict_timeline_ready", ()] == 1
    assert samples["conflict_timeline_log_head_position", (("conflict", "ukraine"),)] == HEAD
    missed = (("method", "GET"), ("status", "404"))
    assert samples["conflict_timeline_http_requests_total", missed] >= 1
    for name in PROJECTIONS:
        of = (("conflict", "ukraine"), ("projection", name), ("version", "1"))
        assert samples["conflict_timeline_checkpoint_position", of] == HEAD
        assert samples["conflict_timeline_lag_events", of] == 0
        assert samples["conflict_timeline_stuck", of] == 0

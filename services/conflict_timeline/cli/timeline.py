"""`timeline`: the entries of a timeline, as known now or at any earlier moment."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from conflict_timeline.cli.exits import OK
from conflict_timeline.cli.filtering import Filtering
from conflict_timeline.cli.options import AsOf, Common, Format, Output, ProjectionName

if TYPE_CHECKING:
    from conflict_events.timelines import Entry
    from conflict_timeline.cli.output import Columns
    from conflict_timeline.cli.session import Session
    from conflict_timeline.queries.facts import Texts
    from conflict_timeline.queries.filters import Chosen, Filters


def timeline(
    projection: ProjectionName,
    /,
    *,
    conflict: Annotated[str, Parameter(help="Whose timeline.")],
    as_of: AsOf = None,
    history: Annotated[
        bool, Parameter(negative="", help="Every revision, as made, instead of current entries.")
    ] = False,
    filtering: Filtering | None = None,
    output: Output = None,
    common: Common | None = None,
) -> int:
    """Print the entries of the served version, by event time.

    The position that they are as of is a field of each, and goes to standard error too. On a
    terminal, pairings come by statement, each beside its base rate.
    """
    from conflict_timeline.cli.filtering import filters_of
    from conflict_timeline.cli.output import chosen
    from conflict_timeline.cli.session import run

    wanted = _Wanted(projection, conflict, as_of, chosen(output), history=history)

    async def work(session: "Session") -> int:
        filters = filters_of(filtering)
        if projection == "pairings" and wanted.for_people:
            await _by_statement(session, wanted, filters)
        else:
            await _rows(session, wanted, filters)
        return OK

    return run(common, work)


@dataclass(frozen=True)
class _Wanted:
    """Which timeline to read, as of when, and how to print it."""

    projection: str
    conflict: str
    as_of: str | None
    output: Format
    history: bool

    @property
    def for_people(self) -> bool:
        """Whether somebody looks at current entries."""
        return self.output == "table" and not self.history


async def _rows(session: "Session", wanted: _Wanted, filters: "Filters") -> None:
    from conflict_timeline.cli.asof import known_head, with_as_of
    from conflict_timeline.cli.entries import columns_of
    from conflict_timeline.cli.output import write_rows
    from conflict_timeline.cli.viewing import texts_of, together
    from conflict_timeline.projections.registry import projection as registered
    from conflict_timeline.queries.exports.ndjson import as_of_position
    from conflict_timeline.queries.filters import chooser
    from conflict_timeline.timelines.errors import UnservedError

    projection = wanted.projection
    chooser(projection, filters)  # What cannot be filtered so is said before anything is read.
    beside = ["chronology"] if filters.q is not None and projection in _QUOTING else []
    await known_head(session.redis, wanted.conflict)
    try:
        served, position = await together(
            session.redis, wanted.conflict, [projection, *beside], wanted.as_of
        )
    except UnservedError:
        registered(projection)  # There may be no such projection at all.
        raise
    texts: Texts = {}
    if beside:
        texts = texts_of(await served["chronology"].entries(upto=position))
    is_chosen = chooser(projection, filters, texts=texts)
    timeline = served[projection]
    if wanted.history:
        revisions = [entry async for entry in timeline.revisions(upto=position)]
        rows: Sequence[Entry] = _of_chosen(revisions, is_chosen)
    else:
        rows = [entry for entry in await timeline.entries(upto=position) if is_chosen(entry)]
    is_csv = wanted.output == "csv"
    columns = columns_of(projection, citable=wanted.history or is_csv, rows=rows)
    columns = with_as_of(columns) if is_csv else columns
    if projection == "incidents" and wanted.for_people:
        columns = await _with_sources(session, wanted.conflict, position, columns)
    write_rows(list(as_of_position(rows, position)), columns, wanted.output)
    what = "revisions" if wanted.history else "entries"
    sys.stderr.write(
        f"{wanted.conflict} {projection}/{timeline.version} as of position {position}:"
        f" {len(rows)} {what}\n"
    )


async def _with_sources(
    session: "Session", conflict: str, position: int, columns: "Columns"
) -> "Columns":
    """Add how many independent sources each incident has, where that can be told."""
    import msgspec

    from conflict_events.timelines import ArticleCoverage, Happening, Incident
    from conflict_timeline.cli.output import Columns
    from conflict_timeline.cli.viewing import together
    from conflict_timeline.log.asof import BeyondKnownError
    from conflict_timeline.queries.sources import sources_of
    from conflict_timeline.timelines.errors import UnservedError

    try:
        served, _ = await together(
            session.redis, conflict, ["chronology", "coverage"], str(position)
        )
    except (UnservedError, BeyondKnownError):
        return columns  # A projector may keep incidents alone.
    lines = {
        entry.entry: msgspec.json.decode(entry.body, type=Happening)
        for entry in await served["chronology"].entries(upto=position)
    }
    articles = {
        article.url: article
        for entry in await served["coverage"].entries(upto=position)
        for article in [msgspec.json.decode(entry.body, type=ArticleCoverage)]
    }

    def told(entry: "Entry") -> str:
        incident = msgspec.json.decode(entry.body, type=Incident)
        sources = sources_of(incident, lines, articles)
        return f"{len(sources.independent)}, {sources.unknown} unknown"

    return Columns(
        (*columns.names, "independent sources"), lambda row: [*columns.cells(row), told(row)]
    )


_QUOTING = frozenset({"pairings", "reversals"})
"""Entries that speak of statements whose quotes only the chronology has."""


def _of_chosen(revisions: "Sequence[Entry]", is_chosen: "Chosen") -> "list[Entry]":
    """Every revision of the entries that were ever asked for: how they came to be, and to go."""
    wanted = {one.entry for one in revisions if one.status == "asserted" and is_chosen(one)}
    return [one for one in revisions if one.entry in wanted]


async def _by_statement(session: "Session", wanted: _Wanted, filters: "Filters") -> None:
    """Print the pairs of each statement beside its base rate, by when it was said."""
    from conflict_timeline.cli.output import say
    from conflict_timeline.cli.report import report
    from conflict_timeline.cli.viewing import viewed
    from conflict_timeline.queries.filters import chooser

    chooser("pairings", filters)
    view, beside = await viewed(session.redis, wanted.conflict, wanted.as_of, beside=("pairings",))
    is_chosen = chooser("pairings", filters, texts=view.texts)
    pairs: dict[str, list[Entry]] = {}
    for entry in beside["pairings"]:
        if is_chosen(entry):
            pairs.setdefault(entry.entry.partition(":")[0], []).append(entry)
    is_part = bool(filters.given())
    for key in sorted(pairs, key=lambda one: (view.statement(one).window.earliest, one)):
        for line in report(view, key, pairs[key], is_part=is_part):
            say(line)
        say("")
    versions = ", ".join(f"{name}/{version}" for name, version in view.as_of.versions.items())
    sys.stderr.write(
        f"{wanted.conflict} {versions} as of position {view.as_of.position}:"
        f" {sum(map(len, pairs.values()))} entries of {len(pairs)} statements\n"
    )

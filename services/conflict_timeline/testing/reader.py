"""A reader of a timeline: what is current, what came about, and saying so when it differs."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from conflict_events.recorded import RecordedEvent
from conflict_timeline.testing.events import Json
from conflict_timeline.testing.folding import Folded, current, differences, listed, plain, read


class Expected(NamedTuple):
    """A revision that is expected; `asserted` and `withdrawn` make one."""

    status: str
    entry: str
    body: Json


def asserted(entry: str, **fields: Any) -> Expected:
    """A revision that asserts an entry; of its body, these fields."""
    return Expected("asserted", entry, plain(fields))


def withdrawn(entry: str, *, into: str | None = None) -> Expected:
    """A revision that withdraws an entry, and the entry that it names instead, if any."""
    return Expected("withdrawn", entry, {} if into is None else {"merged_into": into})


class Reader:
    """What a reader of a timeline sees. Each check answers the reader, for the next one.

    `entries` holds the body of each current entry by its id, `revisions` every revision in order,
    for checks of your own.
    """

    def __init__(self, log: Sequence[RecordedEvent], seen: Folded, *, since: int) -> None:
        self.entries = current(seen.made)
        self.revisions = [read(one) for one in seen.made]
        self._log = log
        self._since = since
        self._waiting = seen.waiting

    def holds(self, expected: Mapping[str, Mapping[str, Any]]) -> Self:
        """Exactly these entries are current; of their bodies, the fields given are so.

        Raises:
            AssertionError: it is otherwise; each entry that differs is shown.
        """
        wanted: dict[str, Json] = plain(expected)
        found = {
            entry: _some(body, wanted[entry]) if entry in wanted else body
            for entry, body in self.entries.items()
        }
        self._same("the current entries are others", wanted, found)
        return self

    def holds_entry(self, entry: str, **fields: Any) -> Self:
        """This entry is current, whatever else is; of its body, the fields given are so.

        Raises:
            AssertionError: it is otherwise.
        """
        wanted = {entry: plain(fields)}
        found = {entry: _some(self.entries[entry], fields)} if entry in self.entries else {}
        self._same(f"{entry} is not as expected", wanted, found)
        return self

    def holds_nothing(self) -> Self:
        """No entry is current.

        Raises:
            AssertionError: some are; they are shown.
        """
        return self.holds({})

    def made(self, *expected: Expected) -> Self:
        """What came after the given made exactly these revisions, in this order.

        Raises:
            AssertionError: it made others; all are shown.
        """
        made = [one for one in self.revisions if one["position"] > self._since]
        found = [
            Expected(
                one["status"],
                one["entry"],
                _some(one["body"], wanted.body)
                if wanted is not None and one["status"] == wanted.status == "asserted"
                else one["body"],
            )
            for one, wanted in zip(made, [*expected, *[None] * len(made)], strict=False)
        ]
        if found != list(expected):
            raise AssertionError(
                "\n".join(
                    [
                        "what came after the given made other revisions",
                        *(f"  expected {_shown(one)}" for one in expected),
                        *(f"  but made {_shown(one)}" for one in found),
                        *listed(self._log),
                    ]
                )
            )
        return self

    def made_nothing(self) -> Self:
        """What came after the given made no revision.

        Raises:
            AssertionError: it made some; they are shown.
        """
        return self.made()

    def waits_for(self, count: int) -> Self:
        """So many events are amended but not recorded yet.

        Raises:
            AssertionError: it is another number.
        """
        if self._waiting != count:
            raise AssertionError(
                "\n".join([f"it waits for {self._waiting}, not for {count}", *listed(self._log)])
            )
        return self

    def _same(self, what: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        if wanted != found:
            lines = [what, *differences(wanted, found), *listed(self._log)]
            raise AssertionError("\n".join(lines))


def _some(body: Json, fields: Mapping[str, Any]) -> Json:
    """Of a body only these fields."""
    return {name: body[name] for name in fields if name in body}


def _shown(one: Expected) -> str:
    return f"{one.status} {one.entry} {one.body}"

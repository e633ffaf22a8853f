"""Checks: what must hold after a simulation (R1 to R3 of reliability.md, I7, and the semantics)."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from random import Random
from typing import Any, Final

import msgspec

from conflict_events.codec import Accepted, same_value
from conflict_events.outcomes import Outcome, Recorded, Repeat
from conflict_events.recorded import RecordedEvent
from conflict_events.timelines import Revision, Withdrawn
from conflict_timeline.projections.fold import Fold, because_of
from conflict_timeline.projections.registry import projection
from conflict_timeline.timelines.commit import START, Checkpoint, Committable
from tests.oracle import semantics

Answers = Sequence[tuple[Accepted, Outcome]]
Current = dict[str, bytes]
"""Entries that are asserted, with their bodies."""

_REVISION: Final = msgspec.json.Decoder(Revision)
_WITHDRAWN: Final = msgspec.json.Decoder(Withdrawn)
_ENCODER: Final = msgspec.json.Encoder()


class BrokenPromiseError(AssertionError):
    """Something that must hold does not; `promise` says which, as in `R1`."""

    def __init__(self, promise: str, what: str) -> None:
        super().__init__(f"{promise}: {what}")
        self.promise = promise


def check(holds: bool, promise: str, what: str) -> None:
    """Fail unless something holds."""
    if not holds:
        raise BrokenPromiseError(promise, what)


# R1, R2: the log


def check_log(log: Sequence[RecordedEvent], answers: Answers) -> None:
    """R1: every acknowledged event is in its log exactly once, where its answer says."""
    positions = {recorded.key: recorded.position for recorded in log}
    check(len(positions) == len(log), "R1", "an event is in the log twice")
    check(
        [recorded.position for recorded in log] == list(range(1, len(log) + 1)),
        "R1",
        "the positions of the log have a gap",
    )
    for accepted, outcome in answers:
        position = positions.get(accepted.event.key)
        check(position is not None, "R1", f"an event answered {outcome} is not in the log")
        if position is None:
            continue
        held = log[position - 1].raw
        same = held == accepted.raw or same_value(held, accepted.raw)
        match outcome:
            case Recorded(at) | Repeat(at):
                check(same and at == position, "R1", f"{outcome} is at {position}, or is another")
            case _:
                check(not same, "R1", f"position {position} was refused and says the same")


def check_counts(head: int, offered: int, written: int, answers: Answers) -> None:
    """R2: offered = recorded + repeats + refused; what no answer said was recorded is a repeat."""
    count = Counter(type(outcome).__name__ for _, outcome in answers)
    check(count.total() == offered, "R2", f"{offered} were offered, answered were {dict(count)}")
    check(written == head, "R2", f"{written} events were recorded, the log holds {head}")
    said = count[Recorded.__name__]
    check(said <= head, "R2", f"{said} events are said to be recorded, the log holds {head}")


# R3: the timelines


def check_replay(
    name: str,
    log: Iterable[RecordedEvent],
    committed: Sequence[Committable],
    checkpoint: Checkpoint,
) -> None:
    """R3: a timeline is byte-equal to a replay from 1, and so are digests and checkpoint."""
    fold = Fold(projection(name))
    made = [
        Committable(f"{one.position}-{one.k}", one.raw, one.digest.hex())
        for recorded in log
        for one in fold.apply(recorded)
    ]
    if made != committed:
        same = sum(1 for _ in _shared(made, committed))
        raise BrokenPromiseError(
            "R3",
            f"{name} differs from a replay at revision {same + 1} "
            f"(committed {len(committed)}, replayed {len(made)})",
        )
    reached = Checkpoint(fold.position, fold.digest.hex(), fold.revisions)
    check(checkpoint == reached, "R3", f"{name} stands at {checkpoint}, a replay at {reached}")


def _shared(made: Sequence[Committable], committed: Sequence[Committable]) -> Iterator[None]:
    for one, other in zip(made, committed, strict=False):
        if one != other:
            return
        yield


# The rules of revisions, from the stored bytes alone


def check_revisions(
    name: str, log: Sequence[RecordedEvent], committed: Sequence[Committable]
) -> Current:
    """Check numbers, order, causes and the digest chain; answer the entries that are current."""
    digest = bytes.fromhex(START.digest)
    numbers: dict[str, int] = {}
    current: Current = {}
    merged: list[tuple[int, str]] = []
    place = (0, -1, False, b"")
    for stored in committed:
        digest = sha256(digest + stored.raw).digest()
        one = _REVISION.decode(stored.raw)
        where = f"{name} {stored.entry_id}"
        check(stored.digest == digest.hex(), "semantics", f"{where}: the digest is no chain")
        # A position's citations are judged by what stands when it is over.
        if merged and merged[0][0] != one.position:
            _check_merged(where, merged, current)
        k = place[1] + 1 if one.position == place[0] else 0
        now = (one.position, k, one.status == "asserted", one.entry.encode())
        check(now > place, "semantics", f"{where}: positions fall")
        check(
            one.position != place[0] or now[2:] > place[2:],
            "semantics",
            f"{where}: withdrawn come first, then entry ids by their bytes",
        )
        place = now
        check(stored.entry_id == f"{one.position}-{k}", "semantics", f"{where}: not the {k}-th")
        numbers[one.entry] = numbers.get(one.entry, 0) + 1
        check(one.revision == numbers[one.entry], "semantics", f"{where}: number {one.revision}")
        because = because_of(log[one.position - 1])
        check(one.because == because, "semantics", f"{where}: not because of {one.because}")
        if one.status == "asserted":
            body = bytes(one.body)
            check(current.get(one.entry) != body, "semantics", f"{where} changes nothing")
            current[one.entry] = body
        else:
            check(one.entry in current, "semantics", f"{where}: withdrawn, and not asserted")
            del current[one.entry]
            into = _WITHDRAWN.decode(one.body).merged_into
            if into is not msgspec.UNSET:
                merged.append((one.position, into))
    _check_merged(name, merged, current)
    return current


def _check_merged(where: str, merged: list[tuple[int, str]], current: Current) -> None:
    for position, into in merged:
        check(into in current, "semantics", f"{where}: {position} merged into {into}, which is not")
    merged.clear()


# I7: any arrival order, same knowledge

Knowledge = tuple[list[bytes], list[tuple[bytes, bytes]]]


def check_order(seed: int, log: Sequence[RecordedEvent], current: dict[str, Current]) -> None:
    """I7: the same events in another order lead to the same entries, up to the ids of incidents."""
    other = Random(f"order {seed}").sample(log, len(log))
    again = [
        msgspec.structs.replace(recorded, position=position)
        for position, recorded in enumerate(other, start=1)
    ]
    ours = knowledge(current)
    theirs = knowledge({name: _entries(name, again) for name in current})
    for name, one, two in zip(("incidents", "pairings"), ours, theirs, strict=True):
        check(one == two, "I7", f"{name} are others when the same events come in another order")


def knowledge(current: dict[str, Current]) -> Knowledge:
    """What the entries say: the members of an incident stand for its id."""
    incidents = {
        entry: _ENCODER.encode(sorted(_MEMBERS.decode(body).members))
        for entry, body in current["incidents"].items()
    }
    pairs: list[tuple[bytes, bytes]] = []
    for entry, body in current["pairings"].items():
        incident = entry.partition(":")[2]
        check(incident in incidents, "I7", f"pair {entry} speaks of no incident")
        pairs.append((incidents[incident], body.replace(incident.encode(), b"")))
    return sorted(current["incidents"].values()), sorted(pairs)


class _Members(msgspec.Struct):
    members: list[str]


_MEMBERS: Final = msgspec.json.Decoder(_Members)


def _entries(name: str, log: Iterable[RecordedEvent]) -> Current:
    """The entries at the end of a log. Revisions and digests are not made: this is the half."""
    fold = projection(name)
    latest: dict[str, msgspec.Struct | None] = {}
    for recorded in log:
        for change in fold.apply(recorded):
            latest[change.entry] = change.body
    return {entry: _ENCODER.encode(body) for entry, body in latest.items() if body is not None}


# The oracle


def check_oracle(log: Sequence[RecordedEvent], current: dict[str, Current]) -> None:
    """The entries are those that another program, written from the semantics alone, computes."""
    events: list[dict[str, Any]] = [json.loads(recorded.raw) for recorded in log]
    for name, computed in (
        ("incidents", semantics.incidents(events)),
        ("pairings", semantics.pairings(events)),
    ):
        held = {entry: json.loads(body) for entry, body in current[name].items()}
        for entry in sorted(held.keys() | computed.keys()):
            if held.get(entry) != computed.get(entry):
                differs = _difference(held.get(entry), computed.get(entry))
                raise BrokenPromiseError("oracle", f"{name} {entry} {differs}")


def _difference(held: dict[str, Any] | None, computed: dict[str, Any] | None) -> str:
    if held is None or computed is None:
        return "is missing" if held is None else "should not be there"
    field = min(name for name in held | computed if held.get(name) != computed.get(name))
    return f"has {field} {held.get(field)}, computed {computed.get(field)}"

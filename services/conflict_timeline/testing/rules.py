"""Rules that every projection has to keep, each a check that fails with what went wrong.

Each takes what makes an empty projection (its class) and a list of events. A failure that chance
found names its seed: pass it as `seed` to see it again.
"""

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations
from math import factorial
from random import Random, SystemRandom
from typing import Any, Final, NoReturn, cast

import msgspec
from msgspec import Struct

from conflict_timeline.projections.fold import Fold, RevisionMade
from conflict_timeline.projections.projection import Change
from conflict_timeline.testing.apart import ApartError, folded_apart, task
from conflict_timeline.testing.events import Json
from conflict_timeline.testing.folding import (
    Folded,
    Make,
    current,
    differences,
    folded,
    listed,
    record,
)

SeenAs = Callable[[Mapping[str, Json]], Any]
"""What of the current entries (body by entry id) must not depend on the order of arrival."""

ORDERS: Final = 24
"""How many orders `any_order` tries: all of four events, else as many by chance."""

PAGES_EVENTS: Final = (1, 7, 500)
"""The sizes of page that `any_batches` folds in."""

RESTARTS: Final = 12
"""After how many positions `survives_a_restart` starts again: all of so many, else by chance."""

_SEEDS: Final = 2**32


def keeps_the_rules(
    make: Make, events: Sequence[Json], *, seed: int | None = None, seen_as: SeenAs = dict
) -> None:
    """All the rules below, one after the other.

    Raises:
        AssertionError: a rule is broken.
    """
    well_formed(make, events)
    applied_twice(make, events)
    any_batches(make, events)
    any_order(make, events, seed=seed, seen_as=seen_as)
    survives_a_restart(make, events, seed=seed)
    pure(make, events, seed=seed)


def well_formed(make: Make, events: Sequence[Json]) -> None:
    """Each event yields an entry once at most, and a body is not changed once it was yielded.

    Raises:
        AssertionError: it yields another thing, an entry twice, or changes a body afterwards.
    """
    projection = make()
    yielded: list[tuple[int, str, Struct, bytes]] = []
    for recorded in record(events):
        at = f"at position {recorded.position}"
        entries: set[str] = set()
        for change in projection.apply(recorded):
            _well_formed(change, at)
            if change.entry in entries:
                _broken(
                    f"{at} {change.entry} is yielded twice: readers get one revision a position"
                )
            entries.add(change.entry)
            if change.body is not None:
                raw = msgspec.json.encode(change.body)
                if not raw.startswith(b"{"):
                    _broken(f"{at} the body of {change.entry} is no JSON object: {raw.decode()}")
                yielded.append((recorded.position, change.entry, change.body, raw))
    for position, entry, body, raw in yielded:
        if (now := msgspec.json.encode(body)) != raw:
            _broken(
                f"the body of {entry} was changed after position {position} had yielded it:",
                f"  it was {raw.decode()}",
                f"  and is {now.decode()}",
                "  Make another body (msgspec.structs.replace), and freeze the struct.",
            )


def applied_twice(make: Make, events: Sequence[Json]) -> None:
    """Every event offered twice is recorded once, so the timeline is the same to the byte.

    Raises:
        AssertionError: it is another.
    """
    once = folded(make, record(events))
    _same(once, folded(make, record([*events, *events])), "with all events offered again")
    twice = record([event for event in events for _ in range(2)])
    _same(once, folded(make, twice), "with each event offered twice")


def any_batches(make: Make, events: Sequence[Json]) -> None:
    """Pages of any size make the same bytes; `waiting` is asked after each, as a projector does.

    Raises:
        AssertionError: they make others.
    """
    log = record(events)
    straight = folded(make, log)
    for size in PAGES_EVENTS:
        fold = Fold(make())
        made: list[RevisionMade] = []
        for start in range(0, len(log), size):
            page = log[start : start + size]
            made += [one for recorded in page for one in fold.apply(recorded)]
            _ = fold.projection.waiting
        _same(straight, Folded(made, fold.projection.waiting), f"in pages of {size}")


def any_order(
    make: Make, events: Sequence[Json], *, seed: int | None = None, seen_as: SeenAs = dict
) -> None:
    """The same events in any order of arrival give the same current entries.

    Args:
        make: What makes an empty projection.
        events: Any order of them.
        seed: Of the orders, if there are too many to try all.
        seen_as: What of the entries must be the same. By default all of it, ids included. Where
            ids depend on which event came first, `bodies_alone`, or a function of your own.

    Raises:
        AssertionError: an order gives other entries; it is shown.
    """
    first = record(events)
    known = folded(make, first)
    wanted = seen_as(current(known.made))
    rng = _rng(seed)
    for order in _orders(events, rng.random):
        log = record(order)
        now = folded(make, log)
        found = seen_as(current(now.made))
        if found != wanted or now.waiting != known.waiting:
            _broken(
                "another order of arrival gives other entries" + rng.told,
                *_shown(wanted, found),
                f"  waiting: {known.waiting} and {now.waiting}",
                *listed(first),
                "Another order:",
                *listed(log)[1:],
            )


def bodies_alone(entries: Mapping[str, Json]) -> list[str]:
    """The bodies without their ids: for `any_order`, where ids depend on which event came first."""
    return sorted(msgspec.json.encode(body, order="sorted").decode() for body in entries.values())


def survives_a_restart(make: Make, events: Sequence[Json], *, seed: int | None = None) -> None:
    """A fold that is pickled anywhere goes on as if nothing had happened, in another process too.

    Raises:
        AssertionError: its state cannot be pickled, or what it makes afterwards is another thing.
    """
    log = record(events)
    straight = folded(make, log)
    rng = _rng(seed)
    places = set(range(len(log) + 1))
    if len(places) > RESTARTS:
        places = set(rng.random.sample(sorted(places), RESTARTS))
    fold = Fold(make())
    made: list[RevisionMade] = []
    for position in range(len(log) + 1):
        if position in places:
            where = f"after a restart at position {position}{rng.told}"
            revived = _revived(_pickled(fold, where), where)
            rest = [one for recorded in log[position:] for one in revived.apply(recorded)]
            _same(straight, Folded(made + rest, revived.projection.waiting), where)
        made += [one for recorded in log[position : position + 1] for one in fold.apply(recorded)]
    hash_seed = rng.random.randrange(1, _SEEDS)
    where = f"after a restart half way in another process, PYTHONHASHSEED={hash_seed}{rng.told}"
    half = len(log) // 2
    fold = Fold(make())
    before = [one.raw for recorded in log[:half] for one in fold.apply(recorded)]
    (after,) = _apart([task(log[half:], fold=_pickled(fold, where))], [hash_seed])
    _same_bytes([one.raw for one in straight.made], before + after, where)


def pure(make: Make, events: Sequence[Json], *, seed: int | None = None) -> None:
    """The same log makes the same bytes: again, beside another fold, and in other processes.

    These have other orders of sets (`PYTHONHASHSEED`) and another local time.

    Raises:
        AssertionError: it makes others, or the projection cannot be imported by its name.
    """
    log = record(events)
    straight = folded(make, log)
    _same(straight, folded(make, log), "a second time")
    folds = (Fold(make()), Fold(make()))
    by_turns: tuple[list[RevisionMade], list[RevisionMade]] = ([], [])
    for recorded in log:
        for fold, made in zip(folds, by_turns, strict=True):
            made.extend(fold.apply(recorded))
    for fold, made in zip(folds, by_turns, strict=True):
        _same(straight, Folded(made, fold.projection.waiting), "by turns with another fold")
    rng = _rng(seed)
    hash_seeds = [0, 1, rng.random.randrange(2, _SEEDS)]
    try:
        given = task(log, make=make)
    except Exception as error:  # noqa: BLE001 - pickle raises many kinds
        _broken(f"{make!r} cannot be found by name from another process: {error}")
    answers = _apart([given] * len(hash_seeds), hash_seeds)
    for hash_seed, raws in zip(hash_seeds, answers, strict=True):
        where = f"in another process, PYTHONHASHSEED={hash_seed}{rng.told}"
        _same_bytes([one.raw for one in straight.made], raws, where)


class _Seeded:
    """Chance, and what to tell of its seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - no secret
        self.told = f" (seed {seed})"


def _rng(seed: int | None) -> _Seeded:
    return _Seeded(SystemRandom().randrange(_SEEDS) if seed is None else seed)


def _orders(events: Sequence[Json], rng: Random) -> Iterator[Sequence[Json]]:
    if factorial(min(len(events), ORDERS)) <= ORDERS:
        yield from permutations(events)
        return
    yield events[::-1]
    for _ in range(ORDERS - 1):
        yield rng.sample(events, len(events))


def _well_formed(change: object, at: str) -> None:
    if not isinstance(change, Change):
        _broken(f"{at} it yields {change!r}, which is no Change")
    if not change.entry:
        _broken(f"{at} it yields an entry without an id")


def _pickled(fold: Fold, where: str) -> bytes:
    try:
        return pickle.dumps(fold)
    except Exception as error:  # noqa: BLE001 - pickle raises many kinds
        _broken(f"{where}: its state cannot be pickled: {error!r}")


def _revived(raw: bytes, where: str) -> Fold:
    try:
        revived: Fold = pickle.loads(raw)  # noqa: S301 - pickled right here
    except Exception as error:  # noqa: BLE001 - pickle raises many kinds
        _broken(f"{where}: its state cannot be read again: {error!r}")
    return revived


def _apart(tasks: Sequence[bytes], hash_seeds: Sequence[int]) -> list[list[bytes]]:
    try:
        return folded_apart(tasks, hash_seeds)
    except ApartError as error:
        raise AssertionError(f"in another process the fold failed:\n{error}") from error


def _same(wanted: Folded, found: Folded, where: str) -> None:
    _same_bytes([one.raw for one in wanted.made], [one.raw for one in found.made], where)
    if wanted.waiting != found.waiting:
        _broken(f"{where} it waits for {found.waiting} events, not for {wanted.waiting}")


def _same_bytes(wanted: Sequence[bytes], found: Sequence[bytes], where: str) -> None:
    """Compare revisions; show the first that differs."""
    if list(wanted) == list(found):
        return
    number = next(
        (n for n, (one, other) in enumerate(zip(wanted, found, strict=False)) if one != other),
        min(len(wanted), len(found)),
    )
    was, now = (
        raws[number].decode() if number < len(raws) else "(nothing)" for raws in (wanted, found)
    )
    _broken(
        f"{where} the same log makes other bytes, from revision {number + 1} on:",
        f"  it was {was}",
        f"  and is {now}",
    )


def _shown(wanted: Any, found: Any) -> list[str]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        return differences(cast("Json", wanted), cast("Json", found))
    return [f"  expected {wanted}", f"  but is   {found}"]


def _broken(*lines: str) -> NoReturn:
    raise AssertionError("\n".join(lines))

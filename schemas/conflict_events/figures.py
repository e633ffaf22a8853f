"""Figures: numbers that somebody claimed. Never averaged, never converted."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from conflict_events.instants import Instant
from conflict_events.parties import Claimant
from conflict_events.place import Country
from conflict_events.text import Name, Note

Word = Annotated[str, Meta(max_length=60, pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")]
"""A lower-case word with underscores, such as `without_power`."""

Count = Annotated[int, Meta(ge=0, le=9_007_199_254_740_991)]
"""A whole number from 0 to 2^53 - 1, the largest that every JSON reader holds exactly."""


class Figure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claimant's number.

    `measure` says what is counted (`killed`, `without_power`, `launched` …), `unit` in what
    (`people`, `homes`, `drones` …). `claimant` may be the bare name.
    """

    measure: Word
    unit: Word
    claimant: Name | Claimant
    low: Count | None = None
    best: Count | None = None
    high: Count | None = None
    as_written: Note | None = None
    as_of: Instant | None = None

    def __post_init__(self) -> None:
        """Refuse a figure without a number, or with its numbers out of order.

        Raises:
            ValueError: none of low, best and high is given, or low <= best <= high does not hold.
        """
        given = [number for number in (self.low, self.best, self.high) if number is not None]
        if not given:
            raise ValueError("a figure gives at least one of low, best and high")
        if given != sorted(given):
            raise ValueError("a figure has low <= best <= high")


class Weapon(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A weapon as reported; `contested` when sources disagree about it."""

    family: Literal[
        "one_way_drone",
        "fpv_drone",
        "cruise_missile",
        "ballistic_missile",
        "missile",
        "guided_bomb",
        "artillery",
        "mine_ied",
        "small_arms",
        "other",
        "unknown",
    ]
    model: Name | None = None
    status: Literal["reported", "contested"] = "reported"


class Outlet(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who published an article; `group` is the owner, for counting independent sources."""

    name: Name
    group: Name | None = None
    country: Country | None = None

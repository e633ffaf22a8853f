"""Shapes: what an overview tells. Together `Moment` and `Seen` are one JSON object."""

from msgspec import Struct


class Moment(Struct, frozen=True, kw_only=True):
    """What an overview is as of: a position, when that was recorded, and the log's last one.

    `versions` are those of the timelines that it is made of; `digests` has the digest at this
    position (hex) of each served timeline that has come so far. `recorded_at` is null at 0.
    """

    conflict: str
    position: int
    recorded_at: str | None
    head: int
    versions: dict[str, int]
    digests: dict[str, str]


class Extent(Struct, frozen=True, kw_only=True):
    """From when to when anything is asserted, in Unix seconds, whatever times are asked for."""

    from_s: int
    to_s: int


class Density(Struct, frozen=True, kw_only=True):
    """How many things begin in each step (s) since `from_s` (Unix seconds).

    They are those in the times asked for; what began before these is counted in the first step.
    """

    from_s: int
    step_s: int
    statements: list[int]
    incidents: list[int]


class StatementMarks(Struct, frozen=True, kw_only=True):
    """Statements, a column a field, by `from_s`, then id. Times are Unix seconds.

    `title` is the proposition. `act`, `speaker` and the following are numbers of names; -1 is none.
    """

    entry: list[str]
    revision: list[int]
    position: list[int]
    from_s: list[int]
    to_s: list[int]
    title: list[str]
    act: list[int]
    speaker: list[int]
    party: list[int]
    about: list[list[int]]
    topics: list[list[int]]
    regions: list[list[int]]


class IncidentMarks(Struct, frozen=True, kw_only=True):
    """Incidents, a column a field, by `from_s`, then id. Times are Unix seconds, of the core.

    `place`, `country` and the lists are numbers of names; -1 is none. Flags are 0 or 1.
    """

    entry: list[str]
    revision: list[int]
    position: list[int]
    from_s: list[int]
    to_s: list[int]
    place: list[int]
    country: list[int]
    lat: list[float | None]
    lon: list[float | None]
    admin1s: list[list[int]]
    parties: list[list[int]]
    disputed: list[int]
    targets: list[list[int]]
    weapons: list[list[int]]
    imprecise: list[int]
    windows_disagree: list[int]


class StatementsSeen(Struct, frozen=True, kw_only=True):
    """How many statements are in the times asked for; without marks where they are too many."""

    total: int
    marks: StatementMarks | None


class IncidentsSeen(Struct, frozen=True, kw_only=True):
    """How many incidents are in the times asked for; without marks where they are too many."""

    total: int
    marks: IncidentMarks | None


class Seen(Struct, frozen=True, kw_only=True):
    """What there is. `names` has every text of the columns once; columns hold its index.

    `unreadable` counts the entries that are in `total` and in no column, because their bodies are
    none of this version. Extent and density are null where nothing is asserted.
    """

    extent: Extent | None
    density: Density | None
    names: list[str]
    statements: StatementsSeen
    incidents: IncidentsSeen
    unreadable: int

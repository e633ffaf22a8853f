"""Projections with one fault each, which the kit has to find, and one without."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, cast

from msgspec import Struct

from conflict_events.events import StatementMade, StrikeReported
from conflict_events.recorded import RecordedEvent
from conflict_timeline.projections.effective import EffectiveBodies
from conflict_timeline.projections.projection import Change


class Count(Struct, frozen=True):
    """How many reports there are, and of what."""

    reports: int
    words: tuple[str, ...] = ()


class Fine:
    """Counts the reports that hit each target. It has no fault."""

    name: ClassVar[str] = "fine"
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self._bodies = EffectiveBodies()
        self._targets: dict[str, tuple[str, ...]] = {}

    @property
    def waiting(self) -> int:
        """How many events are amended but not recorded yet."""
        return self._bodies.waiting

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the targets that one event changes."""
        effective = self._bodies.apply(recorded)
        if effective is None:
            return
        before = self._targets.pop(effective.key, ())
        if isinstance(effective.body, StrikeReported):
            self._targets[effective.key] = effective.body.targets
        for target in dict.fromkeys((*before, *self._targets.get(effective.key, ()))):
            count = sum(target in targets for targets in self._targets.values())
            yield Change(target, Count(count) if count else None)


class Simple:
    """What the faulty ones share: it counts the strikes recorded, as they come."""

    name: ClassVar[str] = "simple"
    version: ClassVar[int] = 1
    waiting = 0

    def __init__(self) -> None:
        self.count = 0
        self.words: set[str] = set()

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Count a strike."""
        data = recorded.event.data
        if isinstance(data, StrikeReported):
            self.count += 1
            self.words.update(("energy", "rail", "port", "water", "media", *data.targets))
            yield from self.changes(recorded)

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the one entry."""
        del recorded
        yield Change("all", Count(self.count))


class OrderOfASet(Simple):
    """Gives away the order of a set."""

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the words as a set has them."""
        del recorded
        yield Change("all", Count(self.count, tuple(self.words)))


class OrderOfArrival(Simple):
    """Names an entry by its position."""

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield an entry for each strike."""
        data = recorded.event.data
        words = data.targets if isinstance(data, StrikeReported) else ()
        yield Change(f"strike-{recorded.position}", Count(1, words))


class Clock(Simple):
    """Looks at the clock."""

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the time."""
        del recorded
        yield Change("all", Count(time.time_ns()))


class LocalTime(Simple):
    """Tells the hour of where it runs."""

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the hour of recording."""
        hour = time.localtime(recorded.recorded_at_ms // 1000).tm_hour
        yield Change("all", Count(hour))


class StateOfTheClass(Simple):
    """Counts for all folds of a process together."""

    counted: ClassVar[list[int]] = []

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield what was ever counted."""
        self.counted.append(recorded.position)
        yield Change("all", Count(len(self.counted)))


class Unpicklable(Simple):
    """Keeps a function that has no name."""

    def __init__(self) -> None:
        super().__init__()
        self.more: Callable[[int], int] = lambda count: count + 1


class Forgetful(Simple):
    """Loses its state when it is pickled."""

    def __getstate__(self) -> dict[str, Any]:
        """Give all but the count."""
        return {**self.__dict__, "count": 0}


class WaitingDisturbs:
    """Changes when it is asked how many it waits for."""

    name: ClassVar[str] = "waiting-disturbs"
    version: ClassVar[int] = 1

    def __init__(self) -> None:
        self.count = 0

    @property
    def waiting(self) -> int:
        """Count the question."""
        self.count += 1
        return 0

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield how often it was asked."""
        del recorded
        yield Change("all", Count(self.count))


class Loose(Struct):
    """A body that can be changed."""

    reports: int


class ChangesItsBody(Simple):
    """Keeps one body and counts in it."""

    def __init__(self) -> None:
        super().__init__()
        self.body = Loose(0)

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield the same body again."""
        del recorded
        self.body.reports += 1
        yield Change("all", self.body)


class Twice(Simple):
    """Yields an entry twice for one event."""

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield it before and after."""
        del recorded
        yield Change("all", Count(self.count - 1))
        yield Change("all", Count(self.count))


class NoObject(Simple):
    """Has bodies that are lists."""

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield a list."""
        del recorded
        yield Change("all", cast("Struct", [self.count]))


class NoChange(Simple):
    """Yields plain tuples."""

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Yield no Change."""
        del recorded
        yield cast("Change", ("all", Count(self.count)))


class OnlyHere(Simple):
    """Raises in any process but the one of the tests."""

    def changes(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Raise where pytest is not loaded."""
        del recorded
        if "pytest" not in sys.modules:
            raise RuntimeError("it broke apart")
        yield Change("all", Count(self.count))


class WaitsByOrder(Simple):
    """Waits for what came first."""

    def apply(self, recorded: RecordedEvent) -> Iterator[Change]:
        """Wait for as many as the position of the first statement."""
        if isinstance(recorded.event.data, StatementMade):
            self.waiting = recorded.position
        yield from ()

"""`log.append`: events into their log."""

from typing import Any, Final

from benchmarks.case import Arm, Case, Figures, Given, examined
from benchmarks.workloads import Workload, mixed
from conflict_events.outcomes import Outcome, Recorded
from conflict_timeline.log.append import BATCH_EVENTS_MAX, Appender
from conflict_timeline.log.keys import ids_key, log_key

_SALT: Final = b"0123456789abcdef"
_XADDS: Final = """
for i = 1, #ARGV, 4 do
  redis.call('XADD', KEYS[1], ARGV[i], 'e', ARGV[i + 1], 't', ARGV[i + 2], 's', ARGV[i + 3])
end
"""


async def _bare(given: Given) -> Figures:
    """One EVALSHA of 500 XADDs at a time, no key read and no repeat looked for."""
    lines = given.lines()
    redis: Any = given.redis
    digest = await redis.script_load(_XADDS)
    key = log_key(given.workload.conflict)
    async with given.measured():
        for start in range(0, len(lines), BATCH_EVENTS_MAX):
            arguments: list[Any] = []
            for position, line in enumerate(lines[start : start + BATCH_EVENTS_MAX], start + 1):
                arguments += (f"{position}-0", line, "1740000000000", _SALT)
            await redis.evalsha(digest, 1, key, *arguments)
    await _emptied(given)
    return {}


async def _append(given: Given) -> Figures:
    """What was examined before, 500 at a time."""
    events = given.accepted()
    appender = Appender(given.redis)
    async with given.measured():
        for start in range(0, len(events), BATCH_EVENTS_MAX):
            _expect_recorded(await appender.append(events[start : start + BATCH_EVENTS_MAX]))
    await _emptied(given)
    return {}


async def _accept_and_append(given: Given) -> Figures:
    """The whole way in: bytes are examined, and recorded."""
    lines = given.lines()
    appender = Appender(given.redis)
    async with given.measured():
        for start in range(0, len(lines), BATCH_EVENTS_MAX):
            batch = [examined(line) for line in lines[start : start + BATCH_EVENTS_MAX]]
            _expect_recorded(await appender.append(batch))
    await _emptied(given)
    return {}


def _expect_recorded(outcomes: list[Outcome]) -> None:
    if not isinstance(outcomes[-1], Recorded):
        raise AssertionError(f"{outcomes[-1]}: the log was not empty")  # noqa: TRY004 - not about a type


async def _emptied(given: Given) -> None:
    """Take the log away, so that the next run begins with none."""
    conflict = given.workload.conflict
    await given.redis.delete(log_key(conflict), ids_key(conflict))


def _to_append(events: int) -> Workload:
    return mixed(events, use="append")


CASE: Final = Case(
    name="log.append",
    what="events into a log, 500 a call, one call at a time",
    arms=(
        Arm("EVALSHA of XADDs", "the same entries, nothing looked at", _bare, _to_append),
        Arm("append", "repeats dropped, positions given", _append, _to_append),
        Arm("accept + append", "bytes examined first", _accept_and_append, _to_append),
    ),
    quick=(5_000,),
    full=(100_000,),
)

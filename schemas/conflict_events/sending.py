"""Sending: a batch is tried again, with pauses, while whoever takes it is away; for a while."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

PATIENCE_S: Final = 30.0
"""How long a batch is tried before `PublisherError`, by default."""

CONNECT_TIMEOUT_S: Final = 5.0
"""How long one attempt to connect may take."""

ANSWER_TIMEOUT_S: Final = 10.0
"""How long the other side may be silent: one that forks or waits for its disk may be, for seconds.
"""

PAUSES_S: Final = (0.1, 0.2, 0.4, 0.8, 1.6)
"""The pauses between attempts; there is one attempt more than there are pauses."""

ResultT = TypeVar("ResultT")


class NotSentError(Exception):
    """A batch could not be sent, or not be known to have been."""


class AttemptError(Exception):
    """One attempt failed, and the next may not.

    `wait_s` is how long the other side asks to be left alone; None when it did not say.
    """

    def __init__(self, why: str, wait_s: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s


async def patiently(
    attempt: Callable[[], Awaitable[ResultT]], who: str, patience_s: float
) -> ResultT:
    """Do something that may safely be done twice; again after an `AttemptError`.

    It ends with the pauses, or with the patience. Whoever is asked to wait waits as long as that,
    and only the patience ends it.

    Args:
        attempt: What is tried.
        who: Who takes it, for the sentence that says that it is away.
        patience_s: How long it is tried altogether.

    Raises:
        NotSentError: it was in vain.
    """
    # Here, as importing it takes longer than the rest of the package.
    import asyncio  # noqa: PLC0415

    why = ""
    give_up = asyncio.get_running_loop().time() + patience_s
    pauses = list(PAUSES_S)
    try:
        async with asyncio.timeout_at(give_up):
            while True:
                try:
                    return await attempt()
                except AttemptError as error:
                    why = error.why
                    pause_s = _pause_s(pauses, error.wait_s)
                    if pause_s is None:
                        raise NotSentError(f"{who} is away: {why}") from error
                    if asyncio.get_running_loop().time() + pause_s > give_up and error.wait_s:
                        message = f"{who} asks to wait for {error.wait_s:g} s: {why}"
                        raise NotSentError(message) from error
                    await asyncio.sleep(pause_s)
    except TimeoutError as error:
        message = f"{who} is away ({patience_s:g} s): {why or 'it does not answer'}"
        raise NotSentError(message) from error


def _pause_s(pauses: list[float], asked_s: float | None) -> float | None:
    """How long to wait now, and one pause less; None when there is none left."""
    if not pauses and asked_s is None:
        return None
    own_s = pauses.pop(0) if pauses else PAUSES_S[-1]
    return max(own_s, asked_s or 0.0)

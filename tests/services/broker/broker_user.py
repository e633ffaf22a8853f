"""A process that uses the broker in a folder until SIGTERM: DATA DURABILITY [FILE_BYTES_MAX]."""

import asyncio
import resource
import signal
import sys
from pathlib import Path

import structlog

from conflict_timeline.broker import BrokerAwayError, embedded


async def use(data: Path, durability: str) -> int:
    """Print the broker's URL and stay; print why there is none and return 75."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    try:
        async with embedded(data, "always" if durability == "always" else "everysec") as url:
            print(url, flush=True)
            await over.wait()
    except BrokerAwayError as error:
        print(error, flush=True)
        return 75
    return 0


structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
if sys.argv[3:]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
sys.exit(asyncio.run(use(Path(sys.argv[1]), sys.argv[2])))

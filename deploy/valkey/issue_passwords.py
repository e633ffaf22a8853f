"""Gives every user of `users.acl` a new password: its hash to the server, a URL to the client.

    python deploy/valkey/issue_passwords.py secrets redis://127.0.0.1:6379

writes into the folder `secrets`, for its owner alone:

- `users.acl`: the users with the SHA-256 of their passwords, for the server (`--aclfile`);
- `<user>.toml`: a config file with the server's URL under that user, for `--config`.

The users that are committed have no passwords: as they are, they let nobody in. Files that are
there already are kept, and then nothing is written: to issue anew, name another folder. Needs
Python and nothing else.
"""

# ruff: noqa: INP001 - a script, of no package

import argparse
import os
import secrets
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

USERS = Path(__file__).with_name("users.acl")
SECRET_BYTES = 32  # 256 bits: nobody finds it from its hash, and hex needs no quoting in a URL.


class Issued(NamedTuple):
    """A user's line of the ACL file; name and password of one who may log in."""

    line: str
    name: str | None = None
    password: str | None = None


def issue(users: str) -> Iterator[Issued]:
    """Give a password to each user who is on."""
    for line in users.splitlines():
        if not line.strip():
            continue
        user, name, *rules = line.split(" ")
        if user != "user" or rules[:1] != ["reset"]:
            raise SystemExit(f"{USERS.name} has a line that begins other than `user NAME reset`")
        if "on" not in rules:
            yield Issued(line)
            continue
        password = secrets.token_hex(SECRET_BYTES)
        digest = sha256(password.encode()).hexdigest()
        at = rules.index("on") + 1
        words = [user, name, *rules[:at], f"#{digest}", *rules[at:]]
        yield Issued(" ".join(words), name, password)


def url_of(server: str, name: str, password: str) -> str:
    """The server's URL under a user.

    Raises:
        ValueError: it is no URL of a server, or names a user itself.
    """
    parts = urlsplit(server)
    if parts.scheme not in ("redis", "rediss", "unix") or "@" in server or '"' in server:
        raise ValueError("it has to be redis://, rediss:// or unix://, without a user")
    return urlunsplit(parts._replace(netloc=f"{name}:{password}@{parts.netloc}"))


def write_new(files: dict[Path, str]) -> None:
    """Write files for their owner alone; none at all if one of them is there."""
    if there := [str(path) for path in files if path.exists()]:
        raise SystemExit(f"nothing was written, for these are there: {', '.join(there)}")
    for path, text in files.items():
        # Never there, not even for a moment, for others to read.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
            file.write(text)


def main() -> None:
    """Issue the passwords."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where to write; made when missing")
    parser.add_argument("server", help="URL by which the clients reach the server, without a user")
    given = parser.parse_args()
    lines: list[str] = []
    files: dict[Path, str] = {}
    for issued in issue(USERS.read_text("utf-8")):
        lines.append(issued.line)
        if issued.name is not None and issued.password is not None:
            try:
                url = url_of(given.server, issued.name, issued.password)
            except ValueError as error:
                parser.error(f"the server's URL cannot be used: {error}")
            files[given.folder / f"{issued.name}.toml"] = f'url = "{url}"\n'
    files[given.folder / USERS.name] = "".join(f"{line}\n" for line in lines)
    given.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_new(files)
    sys.stderr.write(f"{len(files)} files written into {given.folder}\n")


if __name__ == "__main__":
    main()

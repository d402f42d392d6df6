"""Which program of this computer is at the other end of a connection; the tutorial's do not say it."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
LOOPBACK = r"(?:127\.\d+\.\d+\.\d+|\[?::1\]?):(\d+)"
CONNECTION = re.compile(f"{LOOPBACK} -> {LOOPBACK}")
INTERPRETERS = re.compile(r"(?:python|pypy|node|ruby|perl|php|java)[\d.]*w?(?:\.exe)?")
ESTABLISHED = "01"
MAX_NAME_LENGTH = 40


def program_at(connection: str) -> str:
    """Return the name of the program that a connection within this computer comes from, as its user calls it.

    Only where the system lets itself be asked (Linux), and for programs of the same user; else it is
    empty. Takes some milliseconds.

    Args:
        connection: Both its ends, as the broker writes them: the client's address and port come first.
    """
    found = CONNECTION.fullmatch(connection)
    if found is None:
        return ""
    # Both ports: on the broker's own computer, which may be another one, each may be somebody else's.
    for inode in _inodes(int(found[1]), int(found[2])):
        socket = f"socket:[{inode}]"
        if _has_open(PROC / "self", socket):
            return ""  # we know who we are, and need not look through all others
        for words in _users_of(socket):
            return name_of_program(words)[:MAX_NAME_LENGTH]
    return ""


def name_of_program(words: list[str]) -> str:
    """Return what the command line `words` runs: of a script its file's name, and not its interpreter's."""
    if not words:
        return ""
    program, *rest = words
    if INTERPRETERS.fullmatch(Path(program).name) is None:
        return Path(program).name
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in ("-m", "-jar") and rest:
            return Path(rest[0]).name
        if option in ("-c", "-e"):
            return Path(program).name
    return Path(rest[0]).name if rest else Path(program).name


def _inodes(port: int, broker_port: int) -> Iterator[str]:
    """Yield the sockets that have `port` at their own end, and are connected to `broker_port`."""
    # Addresses are numbers in hexadecimal there: own, other, state, and much else before the inode.
    wanted = re.compile(rf": \w+:{port:04X} \w+:{broker_port:04X} {ESTABLISHED} (?:\S+\s+){{5}}(\d+)")
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            yield from wanted.findall((PROC / "net" / table).read_text())


def _users_of(socket: str) -> Iterator[list[str]]:
    """Yield the command lines of the programs that have a socket open, the newest first."""
    pids = sorted((int(name) for name in os.listdir(PROC) if name.isdigit()), reverse=True)
    for pid in pids:
        with contextlib.suppress(OSError):  # it has ended, or is somebody else's
            folder = PROC / str(pid)
            if _has_open(folder, socket):
                words = (folder / "cmdline").read_bytes().decode(errors="replace")
                yield words.rstrip("\0").split("\0")


def _has_open(folder: Path, socket: str) -> bool:
    for name in os.listdir(folder / "fd"):
        with contextlib.suppress(OSError):  # closed by now
            if os.readlink(f"{folder}/fd/{name}") == socket:
                return True
    return False

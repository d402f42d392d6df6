"""Durable queues in one SQLite file, for good."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .content import Message, read_facts
from .exchange import Binding, Destination
from .lock import LockedError, release_lock, take_lock
from .store import ExchangeRecord, HeldRecord, QueueRecord, Recovered, StoreError
from .tables import TableError, decode_table, encode_table

FILE_NAME = "broker.sqlite3"
LOCK_NAME = "broker.lock"
APPLICATION_ID = 0x576F726B  # "Work": a file of another program is not ours to write to
FORMAT = 1

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE queues (queue_id INTEGER PRIMARY KEY, name TEXT, auto_delete INTEGER, arguments BLOB);
CREATE TABLE exchanges (
    name TEXT PRIMARY KEY, type TEXT, auto_delete INTEGER, internal INTEGER, arguments BLOB) WITHOUT ROWID;
CREATE TABLE bindings (
    source TEXT, kind TEXT, destination TEXT, routing_key TEXT, arguments BLOB,
    PRIMARY KEY (source, kind, destination, routing_key, arguments)) WITHOUT ROWID;
CREATE TABLE messages (
    message_offset INTEGER PRIMARY KEY, queue_id INTEGER,
    address BLOB, header BLOB, body BLOB, expires_at REAL);
CREATE TABLE held (
    message_offset INTEGER PRIMARY KEY, held INTEGER, delivery_count INTEGER, acquired_count INTEGER);
"""


class SqliteStore:
    """Keeps durable queues in a folder, which it owns alone as long as it lives.

    A message is one row, its number is its place in the order of arrival, so
    new rows go to the end of the file's tree. What is added and removed
    between two commits never reaches the disk.
    """

    def __init__(self, folder: Path) -> None:
        """Open the store in `folder`, which is made if it is not there.

        Raises:
            StoreError: another broker has the folder, or the file is damaged, newer, or no store.
        """
        self._path = folder / FILE_NAME
        self._epoch = 0.0
        self.pending_bytes = 0
        self._lock = _own(folder)
        self._adds: dict[int, tuple[object, ...]] = {}
        self._removes: list[int] = []
        self._held: dict[int, HeldRecord] = {}
        self._held_rows: set[int] = set()
        self._statements: list[tuple[str, tuple[object, ...]]] = []
        try:
            self._database = _open(self._path)
        except BaseException:
            release_lock(self._lock)
            raise

    # Reading.

    def recover(self, epoch: float) -> Recovered:
        """Return what was held; once its messages have been read the file says "in use" until `close`."""
        self._epoch = epoch
        database = self._database
        try:
            recovered = Recovered(
                queues=[
                    QueueRecord(queue_id, name, bool(auto_delete), _table(arguments))
                    for queue_id, name, auto_delete, arguments in database.execute("SELECT * FROM queues")
                ],
                exchanges=[
                    ExchangeRecord(name, kind, bool(auto_delete), bool(internal), _table(arguments))
                    for name, kind, auto_delete, internal, arguments in database.execute(
                        "SELECT * FROM exchanges"
                    )
                ],
                bindings=[
                    Binding(source, Destination(kind, destination), key, _table(arguments))
                    for source, kind, destination, key, arguments in database.execute(
                        "SELECT * FROM bindings"
                    )
                ],
                messages=self._messages(),
                held={
                    offset: HeldRecord(offset, bool(held), delivery_count, acquired_count)
                    for offset, held, delivery_count, acquired_count in database.execute("SELECT * FROM held")
                },
                clean=self._was_clean(),
            )
            self._held_rows = set(recovered.held)
        except (sqlite3.DatabaseError, TableError) as error:
            self._let_go()
            raise _damaged(self._path, error) from error
        return recovered

    def _was_clean(self) -> bool:
        row = self._database.execute("SELECT value FROM meta WHERE name = 'clean'").fetchone()
        return row is None or bool(row[0])

    def _messages(self) -> Iterator[tuple[int, Message]]:
        known: dict[bytes, bytes] = {}  # most messages share their address and their header
        rows = self._database.execute("SELECT * FROM messages ORDER BY message_offset")
        try:
            for offset, queue_id, address, header, body, expires_at in rows:
                header = known.setdefault(header, header) if len(known) < 1000 else header
                message = Message(
                    known.setdefault(address, address), header, body, read_facts(header).priority
                )
                message.offset = offset
                message.expires_at = None if expires_at is None else expires_at - self._epoch
                yield queue_id, message
        except (sqlite3.DatabaseError, TableError) as error:
            self._let_go()
            raise _damaged(self._path, error) from error
        # Everything could be read: from here on the file is in use, and says so until it is closed.
        self._database.execute("INSERT OR REPLACE INTO meta VALUES ('clean', 0)")

    # Writing.

    def add(self, queue_id: int, message: Message) -> None:
        """Keep `message` until it is removed."""
        at = None if message.expires_at is None else message.expires_at + self._epoch
        offset = message.offset
        self.pending_bytes += len(message.body)
        self._adds[offset] = (offset, queue_id, message.address, message.header, message.body, at)

    def remove(self, offset: int) -> None:
        """Forget a message."""
        if self._adds.pop(offset, None) is None:
            self._removes.append(offset)
        self._held.pop(offset, None)

    def note_held(self, record: HeldRecord) -> None:
        """Remember what is known of a message's deliveries."""
        self._held[record.offset] = record

    def save_queue(self, record: QueueRecord) -> None:
        """Keep a durable queue."""
        self._say(
            "INSERT INTO queues VALUES (?, ?, ?, ?)",
            (record.queue_id, record.name, record.auto_delete, encode_table(record.arguments)),
        )

    def forget_queue(self, queue_id: int) -> None:
        """Forget a queue; its messages are removed one by one."""
        self._say("DELETE FROM queues WHERE queue_id = ?", (queue_id,))

    def save_exchange(self, record: ExchangeRecord) -> None:
        """Keep a durable exchange."""
        self._say(
            "INSERT OR REPLACE INTO exchanges VALUES (?, ?, ?, ?, ?)",
            (record.name, record.type, record.auto_delete, record.internal, encode_table(record.arguments)),
        )

    def forget_exchange(self, name: str) -> None:
        """Forget an exchange; its bindings are forgotten one by one."""
        self._say("DELETE FROM exchanges WHERE name = ?", (name,))

    def save_binding(self, binding: Binding) -> None:
        """Keep a binding between durable ends."""
        self._say("INSERT OR REPLACE INTO bindings VALUES (?, ?, ?, ?, ?)", _binding_row(binding))

    def forget_binding(self, binding: Binding) -> None:
        """Forget a binding."""
        self._say(
            "DELETE FROM bindings WHERE source = ? AND kind = ? AND destination = ? AND routing_key = ?"
            " AND arguments = ?",
            _binding_row(binding),
        )

    def _say(self, statement: str, values: tuple[object, ...]) -> None:
        self._statements.append((statement, values))

    # Committing.

    def free_bytes(self) -> int:
        """Return how much room the disk has."""
        return shutil.disk_usage(self._path.parent).free

    @property
    def has_pending(self) -> bool:
        """There is something that a commit would change."""
        return bool(self._adds or self._removes or self._statements or self._held)

    @property
    def has_definitions(self) -> bool:
        """A queue, an exchange or a binding is among it."""
        return bool(self._statements)

    def begin_commit(self) -> bool:
        """Write all that was told so far into a transaction; tell whether there is one to finish."""
        if not self.has_pending:
            return False
        try:
            self._write()
        except sqlite3.Error as error:
            raise self._cannot_write(error) from error
        self.pending_bytes = 0
        self._statements.clear()
        self._adds.clear()
        self._removes.clear()
        self._held.clear()
        return True

    def _write(self) -> None:
        database = self._database
        database.execute("BEGIN")
        for statement, values in self._statements:
            database.execute(statement, values)
        if self._adds:
            database.executemany("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)", self._adds.values())
        if self._removes:
            gone = [(offset,) for offset in self._removes]
            database.executemany("DELETE FROM messages WHERE message_offset = ?", gone)
        if not_held := self._held_rows.intersection(self._removes):
            database.executemany(
                "DELETE FROM held WHERE message_offset = ?", [(offset,) for offset in not_held]
            )
            self._held_rows -= not_held
        if self._held:
            self._held_rows.update(self._held)
            database.executemany(
                "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?)",
                [(r.offset, r.held, r.delivery_count, r.acquired_count) for r in self._held.values()],
            )

    def finish_commit(self) -> None:
        """Make durable what `begin_commit` took. Safe to call from another thread."""
        try:
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._cannot_write(error) from error

    def _cannot_write(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"The broker's file {self._path} cannot be written: {error}.")

    def close(self) -> None:
        """Commit, note that the end was in good order, and let go."""
        if self.begin_commit():
            self.finish_commit()
        self._database.execute("INSERT OR REPLACE INTO meta VALUES ('clean', 1)")
        self._let_go()

    def _let_go(self) -> None:
        self._database.close()
        release_lock(self._lock)


def _own(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return take_lock(folder / LOCK_NAME)
    except LockedError as error:
        raise StoreError(f"Another broker is using the data folder {folder}.") from error
    except OSError as error:
        raise StoreError(f"The data folder {folder} cannot be used: {error.strerror}.") from error


def _open(path: Path) -> sqlite3.Connection:
    is_new = not path.exists() or path.stat().st_size == 0
    if not is_new:
        _check_readable(path)
    # The two halves of a commit may run in two threads, one after the other, never at once.
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        # Fewer, larger checkpoints: each one makes some commit wait.
        database.execute("PRAGMA wal_autocheckpoint = 4000")
        if is_new:
            _create(database)
    except sqlite3.DatabaseError as error:
        database.close()
        raise _damaged(path, error) from error
    return database


def _check_readable(path: Path) -> None:
    """Look at a file without changing it.

    Raises:
        StoreError: it is damaged, of another program, or of a newer version of this one.
    """
    # A read of a database whose writer was killed may have to roll its journal forward, and that writes
    # beside the file. The first page tells what we must know and needs no such thing.
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise _damaged(path, "it is not a database")
    wal = path.with_name(path.name + "-wal")
    application_id, version = int.from_bytes(head[68:72]), int.from_bytes(head[60:64])
    if application_id == 0 and wal.exists():
        return  # killed before its first checkpoint: everything is still in the journal
    if application_id != APPLICATION_ID:
        raise StoreError(f"{path} is not a broker's file; it is left as it is.")
    if version > FORMAT:
        raise StoreError(
            f"{path} was written by a newer version (format {version}, this one knows {FORMAT}); "
            "it is left as it is."
        )


def _create(database: sqlite3.Connection) -> None:
    database.executescript(
        f"BEGIN; {_SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
    )
    # The marks by which the file is known again must be in it, not only in its journal.
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _damaged(path: Path, what: object) -> StoreError:
    return StoreError(f"The broker's file {path} is damaged ({what}); it is left as it is.")


def _table(data: bytes) -> Any:
    return decode_table(data)[0]


def _binding_row(binding: Binding) -> tuple[object, ...]:
    (kind, name), routing_key, arguments = binding.key
    return binding.source, kind, name, routing_key, arguments

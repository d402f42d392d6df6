"""What a broker needs of a place that remembers, and one that forgets."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from .content import Message
from .exchange import Binding
from .tables import Table


class StoreError(Exception):
    """What was to be kept cannot be read or written; the text is for people."""


@dataclass(frozen=True, slots=True)
class QueueRecord:
    """A durable queue, as it is stored.

    Attributes:
        queue_id: Its own for ever: a queue of the same name, declared later, has another.
    """

    queue_id: int
    name: str
    auto_delete: bool
    arguments: Table


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """A durable exchange, as it is stored."""

    name: str
    type: str
    auto_delete: bool
    internal: bool
    arguments: Table


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """What is known of a message's deliveries.

    Attributes:
        held: It was with a consumer when this was written.
    """

    offset: int
    held: bool
    delivery_count: int
    acquired_count: int


@dataclass(slots=True)
class Recovered:
    """All that a store held when it was opened.

    Attributes:
        clean: It was closed in good order; else nobody knows which messages
            had been with a consumer.
        messages: (queue id, message) in order of offset.
    """

    queues: list[QueueRecord] = field(default_factory=list)
    exchanges: list[ExchangeRecord] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    messages: Iterable[tuple[int, Message]] = ()
    held: dict[int, HeldRecord] = field(default_factory=dict)
    clean: bool = True


class MessageStore(Protocol):
    """Where durable queues and their messages are kept.

    What is told to it counts only after a commit. A commit has two halves, so
    that the slow one may run elsewhere: `begin_commit` takes all that was
    told so far, `finish_commit` makes that durable. Between the two, more may
    be told; it belongs to the next commit.

    Attributes:
        pending_bytes: How much has been added that no commit has taken, about.
    """

    pending_bytes: int

    def free_bytes(self) -> int | None:
        """Return how much room the disk has, None if no disk is used."""

    def recover(self, epoch: float) -> Recovered:
        """Return what was held. Call it once, first.

        Args:
            epoch: Seconds since 1970 when the clock of `Message.expires_at` showed 0: that clock
                begins anew with each process.
        """

    def add(self, queue_id: int, message: Message) -> None:
        """Keep `message` until it is removed."""

    def remove(self, offset: int) -> None:
        """Forget a message."""

    def note_held(self, record: HeldRecord) -> None:
        """Remember what is known of a message's deliveries."""

    def save_queue(self, record: QueueRecord) -> None:
        """Keep a durable queue."""

    def forget_queue(self, queue_id: int) -> None:
        """Forget a queue; its messages are removed one by one."""

    def save_exchange(self, record: ExchangeRecord) -> None:
        """Keep a durable exchange."""

    def forget_exchange(self, name: str) -> None:
        """Forget an exchange; its bindings are forgotten one by one."""

    def save_binding(self, binding: Binding) -> None:
        """Keep a binding between durable ends."""

    def forget_binding(self, binding: Binding) -> None:
        """Forget a binding."""

    @property
    def has_pending(self) -> bool:
        """There is something that a commit would change."""

    @property
    def has_definitions(self) -> bool:
        """A queue, an exchange or a binding is among it."""

    def begin_commit(self) -> bool:
        """Take all that was told so far; tell whether there is anything to finish.

        Raises:
            StoreError: it cannot be kept.
        """

    def finish_commit(self) -> None:
        """Make durable what `begin_commit` took. Safe to call from another thread.

        Raises:
            StoreError: it cannot be kept.
        """

    def close(self) -> None:
        """Commit, note that the end was in good order, and let go."""


class MemoryStore:
    """Forgets everything when it goes; for tests, and for a broker without a data folder.

    Attributes:
        durable: What has been committed: the queue's id and the message by offset.
    """

    def __init__(self) -> None:
        self.durable: dict[int, tuple[int, Message]] = {}
        self.pending_bytes = 0
        self._pending: dict[int, tuple[int, Message] | None] = {}
        self._taken: dict[int, tuple[int, Message] | None] = {}

    def free_bytes(self) -> None:
        """Return None: no disk is used."""

    def recover(self, epoch: float) -> Recovered:
        """Return that nothing was held."""
        return Recovered()

    def add(self, queue_id: int, message: Message) -> None:
        """Keep `message` until it is removed."""
        self._pending[message.offset] = (queue_id, message)

    def remove(self, offset: int) -> None:
        """Forget a message."""
        self._pending[offset] = None

    def note_held(self, record: HeldRecord) -> None:
        """Do nothing: there is no later in which it would be asked."""

    def save_queue(self, record: QueueRecord) -> None:
        """Do nothing: nothing outlives this object."""

    def forget_queue(self, queue_id: int) -> None:
        """Do nothing: nothing outlives this object."""

    def save_exchange(self, record: ExchangeRecord) -> None:
        """Do nothing: nothing outlives this object."""

    def forget_exchange(self, name: str) -> None:
        """Do nothing: nothing outlives this object."""

    def save_binding(self, binding: Binding) -> None:
        """Do nothing: nothing outlives this object."""

    def forget_binding(self, binding: Binding) -> None:
        """Do nothing: nothing outlives this object."""

    @property
    def has_pending(self) -> bool:
        """There is something that a commit would change."""
        return bool(self._pending)

    @property
    def has_definitions(self) -> bool:
        """Never: none are kept."""
        return False

    def begin_commit(self) -> bool:
        """Take all that was told so far."""
        self._taken, self._pending = self._pending, {}
        return bool(self._taken)

    def finish_commit(self) -> None:
        """Make it count."""
        for offset, entry in self._taken.items():
            if entry is None:
                self.durable.pop(offset, None)
            else:
                self.durable[offset] = entry
        self._taken = {}

    def close(self) -> None:
        """Commit."""
        self.begin_commit()
        self.finish_commit()

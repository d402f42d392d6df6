"""A small AMQP 0-9-1 broker that behaves like RabbitMQ.

`Broker` and `ServerConnection` are the protocol without input, output or
time; `BrokerServer` drives them with asyncio; `SqliteStore` keeps what must
last. `python -m` this package runs it as a process.
"""

from .broker import Broker
from .connection import ServerConnection, State
from .policy import Policy
from .server import BrokerServer, serve
from .sqlite_store import SqliteStore
from .store import MemoryStore, MessageStore, StoreError

__all__ = [
    "Broker",
    "BrokerServer",
    "MemoryStore",
    "MessageStore",
    "Policy",
    "ServerConnection",
    "SqliteStore",
    "State",
    "StoreError",
    "serve",
]

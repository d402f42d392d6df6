"""What an observer sees: the firehose on amq.rabbitmq.trace, the events on amq.rabbitmq.event.

Other scenarios may run on the broker just before: an observer looks only at what names the scenario.
"""

from typing import Any

from pamqp.commands import Basic, Exchange, Queue

from tests.conformance import wire
from tests.conformance.client import LIMIT_S, Channel, Client, NoAnswer, eventually
from tests.conformance.scenario import kept_from_3_10
from tests.conformance.wire import Seen

# Different in every run, or on every machine; only their types are told.
UNTOLD = {"peer_port", "port", "timestamp_in_ms", "connected_at", "node"}


class Observer:
    """A connection of its own, with a queue bound to what is observed."""

    def __init__(self, client: Client, exchange: str, *keys: str) -> None:
        client.is_watched = True  # our own extra channels would be seen
        self._client = client
        self._channel = client.connection().channel()
        self._queue = client.name("observer")
        self._channel.send_quietly(Queue.Declare(queue=self._queue, exclusive=True))
        self._channel.connection.take(self._channel.number)
        for key in keys:
            self._channel.send_quietly(Queue.Bind(queue=self._queue, exchange=exchange, routing_key=key))
            answer = self._channel.connection.take(self._channel.number)
            if not answer.is_a(Queue.BindOk):
                client.note("no bind:", answer)
                raise NoAnswer("cannot observe")

    def next(self, about: str, **wanted: Any) -> Seen:
        """Return the next observation with routing key `about` whose headers have what is wanted."""

        def ask() -> Seen | None:
            self._channel.send_quietly(Basic.Get(queue=self._queue, no_ack=True))
            seen = self._channel.connection.take(self._channel.number)
            if seen.is_a(Basic.GetOk) and seen.routing_key == about:
                return seen if all(seen.headers.get(k) == v for k, v in wanted.items()) else None
            return None

        seen = eventually(ask, LIMIT_S)
        if seen is None:
            self._client.note("never observed:", about, wanted)
            raise NoAnswer("never observed")
        return seen

    def tell(self, seen: Seen) -> None:
        """Write down an observation, without what differs from run to run."""
        self._client.note(seen.exchange, seen.routing_key, seen.properties.rpartition("}, ")[2])
        for name, value in sorted(seen.table.items()):
            self._client.note(f"    {name}: {_kind(value) if name in UNTOLD else wire.typed(value)}")
        self._client.note("   ", seen.body)


def _kind(value: Any) -> str:
    return "text" if isinstance(value, str) else wire.typed(value).partition(":")[0]


def _worker(client: Client) -> Channel:
    """Return a channel of a second connection, the one to be observed."""
    return client.connection().channel()


def _traced(client: Client, *keys: str) -> Observer:
    return Observer(client, "amq.rabbitmq.trace", *keys)


def _events(client: Client, *keys: str) -> Observer:
    return Observer(client, "amq.rabbitmq.event", *keys)


def a_publish_is_traced(client: Client):
    observer, channel = _traced(client, "publish.#"), _worker(client)
    exchange, queue = channel.exchange(kind="topic"), channel.declare()
    channel.bind(queue, exchange, "#")
    channel.publish("some.key", b"1", to=exchange, content_type="t", message_id="m", delivery_mode=2)
    observer.tell(observer.next(f"publish.{exchange}"))


def a_publish_to_the_default_exchange_is_traced(client: Client):
    observer, channel = _traced(client, "publish.#"), _worker(client)
    queue = channel.declare()
    channel.publish(queue, b"1")
    observer.tell(observer.next("publish.", routing_keys=[queue]))


def a_publish_to_nowhere_is_traced(client: Client):
    observer, channel = _traced(client, "publish.#"), _worker(client)
    name = client.name("nowhere")
    channel.publish(name, b"1")
    observer.tell(observer.next("publish.", routing_keys=[name]))


def a_publish_that_no_binding_takes_is_traced(client: Client):
    observer, channel = _traced(client, "publish.#"), _worker(client)
    exchange = channel.exchange()
    channel.publish("k", b"1", to=exchange)
    observer.tell(observer.next(f"publish.{exchange}"))


def a_delivery_is_traced(client: Client):
    observer, channel = _traced(client, "deliver.#"), _worker(client)
    queue = channel.declare()
    channel.consume(queue, "c")
    channel.publish(queue, b"1", headers={"a": 1}, priority=3, correlation_id="c")
    channel.expect()
    observer.tell(observer.next(f"deliver.{queue}"))


def a_get_is_traced_as_a_delivery(client: Client):
    observer, channel = _traced(client, "deliver.#"), _worker(client)
    queue = channel.declare()
    channel.publish(queue, b"1")
    channel.get_when_there(queue)
    observer.tell(observer.next(f"deliver.{queue}"))


def a_redelivery_is_traced_as_such(client: Client):
    observer, channel = _traced(client, "deliver.#"), _worker(client)
    queue = channel.declare()
    channel.publish(queue, b"1")
    channel.reject(int(channel.get_when_there(queue).delivery_tag))
    channel.get_when_there(queue)
    observer.next(f"deliver.{queue}")
    observer.tell(observer.next(f"deliver.{queue}"))


@kept_from_3_10("4.3 tells more of it")
def a_connection_is_an_event(client: Client):
    observer = _events(client, "connection.#")
    connection = client.connection()
    observer.tell(observer.next("connection.created", name=connection.name))
    connection.close()


def a_closed_connection_is_an_event(client: Client):
    observer = _events(client, "connection.#")
    connection = client.connection()
    created = observer.next("connection.created", name=connection.name)
    connection.close()
    observer.tell(observer.next("connection.closed", pid=created.headers["pid"]))


def a_cut_connection_is_an_event(client: Client):
    observer = _events(client, "connection.#")
    connection = client.connection()
    created = observer.next("connection.created", name=connection.name)
    connection.cut()
    observer.tell(observer.next("connection.closed", pid=created.headers["pid"]))


@kept_from_3_10("4.3 tells more of it")
def a_channel_is_an_event(client: Client):
    observer = _events(client, "#")
    connection = client.connection()
    created = observer.next("connection.created", name=connection.name)
    channel = connection.channel(7)
    opened = observer.next("channel.created", connection=created.headers["pid"])
    observer.tell(opened)
    channel.close()
    observer.tell(observer.next("channel.closed", pid=opened.headers["pid"]))


@kept_from_3_10("4.3 tells more of it")
def a_queue_is_an_event(client: Client):
    observer, channel = _events(client, "queue.#"), _worker(client)
    queue = channel.declare(durable=True, arguments={"x-max-length": 5})
    observer.tell(observer.next("queue.created", name=queue))
    channel.call(Queue.Delete(queue=queue))
    observer.tell(observer.next("queue.deleted", name=queue))


@kept_from_3_10("4.3 tells more of it")
def an_exclusive_queue_is_an_event_too(client: Client):
    observer, channel = _events(client, "queue.#"), _worker(client)
    queue = channel.declare(exclusive=True)
    observer.tell(observer.next("queue.created", name=queue))
    channel.connection.cut()
    observer.tell(observer.next("queue.deleted", name=queue))


def a_consumer_is_an_event(client: Client):
    observer, channel = _events(client, "consumer.#"), _worker(client)
    queue = channel.declare()
    channel.qos(5)
    channel.consume(queue, "c", arguments={"x-priority": 2})
    observer.tell(observer.next("consumer.created", queue=queue))
    channel.call(Basic.Cancel(consumer_tag="c"))
    observer.tell(observer.next("consumer.deleted", queue=queue))


def a_consumer_without_acks_is_an_event(client: Client):
    observer, channel = _events(client, "consumer.#"), _worker(client)
    queue = channel.declare()
    channel.consume(queue, "c", no_ack=True, exclusive=True)
    observer.tell(observer.next("consumer.created", queue=queue))


def an_exchange_is_an_event(client: Client):
    observer, channel = _events(client, "exchange.#"), _worker(client)
    exchange = channel.exchange(kind="topic", durable=True)
    observer.tell(observer.next("exchange.created", name=exchange))
    channel.call(Exchange.Delete(exchange=exchange))
    observer.tell(observer.next("exchange.deleted", name=exchange))


def a_binding_is_an_event(client: Client):
    observer, channel = _events(client, "binding.#"), _worker(client)
    exchange, queue = channel.exchange(), channel.declare()
    channel.bind(queue, exchange, "k")
    observer.tell(observer.next("binding.created", source_name=exchange))
    channel.call(Queue.Unbind(queue=queue, exchange=exchange, routing_key="k"))
    observer.tell(observer.next("binding.deleted", source_name=exchange))


def a_login_is_an_event(client: Client):
    observer = _events(client, "user.authentication.#")
    connection = client.connection()
    observer.tell(observer.next("user.authentication.success", connection_name=connection.name))

"""The peer in every benchmark: bare pika, as one would write it in a script."""

import asyncio
import contextlib
import socket
import sys
import threading
import time
import uuid

import pika
from pika.adapters.asyncio_connection import AsyncioConnection

WINDOW = 1_000
BODY = b"Hello World!"
MIDDLE_S = 0.1
"""How far a task is when its worker is cut: an idle broker takes longer to notice than a busy one."""


class BarePublisher:
    """Publishes `count` persistent messages with at most WINDOW unconfirmed, and measures."""

    def __init__(self, url: str, queue: str, count: int) -> None:
        self.queue, self.count = queue, count
        self.sent = self.confirmed = 0
        self.open: set[int] = set()
        self.loop = asyncio.new_event_loop()
        self.connection = AsyncioConnection(
            pika.URLParameters(url),
            on_open_callback=lambda connection: connection.channel(on_open_callback=self.on_channel),
            on_close_callback=lambda *_: self.loop.stop(),
            custom_ioloop=self.loop,
        )
        self.loop.run_forever()
        self.loop.close()

    def on_channel(self, channel) -> None:
        self.channel = channel
        channel.queue_declare(self.queue, durable=True, callback=lambda _: self.confirm_delivery())

    def confirm_delivery(self) -> None:
        self.channel.confirm_delivery(self.on_confirm, callback=lambda _: self.begin())

    def begin(self) -> None:
        self.began_s = time.perf_counter()
        self.publish()

    def publish(self) -> None:
        while self.sent < self.count and len(self.open) < WINDOW:
            self.sent += 1
            self.open.add(self.sent)
            properties = pika.BasicProperties(message_id=uuid.uuid4().hex[:12], delivery_mode=2)
            self.channel.basic_publish("", self.queue, BODY, properties, mandatory=True)

    def on_confirm(self, frame) -> None:
        tag = frame.method.delivery_tag
        settled = {seq_no for seq_no in self.open if seq_no <= tag} if frame.method.multiple else {tag}
        self.open -= settled
        self.confirmed += len(settled)
        if self.confirmed >= self.count:
            self.rate = self.count / (time.perf_counter() - self.began_s)
            self.connection.close()
        else:
            self.publish()


class BareWorker(threading.Thread):
    """A consumer with prefetch 1 that notes its deliveries, and works until it is cut or told to end."""

    def __init__(self, url: str, queue: str) -> None:
        super().__init__()
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        self.channel.queue_declare(queue, durable=True)
        self.channel.basic_qos(prefetch_count=1)
        self.channel.basic_consume(queue, self.on_delivery)
        self.delivered = threading.Event()
        self.delivered_s = 0.0

    def on_delivery(self, _channel, method, _properties, _body) -> None:
        self.delivered_s, self.tag = time.perf_counter(), method.delivery_tag
        self.delivered.set()

    def run(self) -> None:
        with contextlib.suppress(pika.exceptions.AMQPError):  # cut
            self.channel.start_consuming()

    def end(self) -> None:
        self.connection.add_callback_threadsafe(self.channel.stop_consuming)
        self.join()
        self.connection.close()


def cut_to_redelivery_ms(url: str, queue: str) -> float:
    """Return how long after the cut of one worker, in the middle of its task, the other has its message."""
    victim, heir = BareWorker(url, queue), BareWorker(url, queue)
    victim.start()
    heir.start()
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().basic_publish("", queue, BODY, pika.BasicProperties(delivery_mode=2))
    assert victim.delivered.wait(10)
    time.sleep(MIDDLE_S)
    cut_s = time.perf_counter()
    victim.connection._impl._transport._sock.shutdown(socket.SHUT_RDWR)
    assert heir.delivered.wait(10)
    victim.join()
    heir.connection.add_callback_threadsafe(lambda: heir.channel.basic_ack(heir.tag))
    heir.end()
    return (heir.delivered_s - cut_s) * 1000


def new_queue() -> str:
    return f"bench-{uuid.uuid4().hex[:8]}"


def delete_queue(url: str, queue: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        connection.channel().queue_delete(queue)


def main() -> None:
    what, url, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    queue = new_queue()
    if what == "publish":
        print(BarePublisher(url, queue, number).rate)
    else:
        print(*[cut_to_redelivery_ms(url, queue) for _ in range(number)])
    delete_queue(url, queue)


if __name__ == "__main__":
    main()

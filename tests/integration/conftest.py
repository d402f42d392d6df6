"""A demonstration on a real broker, as the program makes it, without its window."""

import gc
from collections.abc import Callable, Iterator

import pika
import pytest
from PySide6.QtCore import QObject

from workq_gui.core.clock import SessionClock
from workq_gui.core.events import Event, TaskDelivered, WorkerId
from workq_gui.core.projections.worker_view import WorkerStatus
from workq_gui.core.publish_settings import PublishSettings
from workq_gui.core.queue_settings import QUEUE_DEFAULTS, QueueSettings
from workq_gui.core.session import Session
from workq_gui.core.settings import Endpoint, from_url
from workq_gui.core.tasks import make_task
from workq_gui.core.worker_settings import WorkerSettings
from workq_gui.messaging.pace import Pace
from workq_gui.runtime.broker_process import BrokerProcess
from workq_gui.runtime.demonstration import Demonstration
from workq_gui.runtime.event_hub import EventHub
from workq_gui.runtime.rabbitmq_node import RabbitMqNode


class Show(QObject):
    """Publisher, workers and what came of it; waits for events and never sleeps."""

    def __init__(
        self, qtbot, url: str, queue: str, dot_s: float = 0.1, first: QueueSettings = QUEUE_DEFAULTS
    ) -> None:
        super().__init__()
        self.qtbot = qtbot
        self.url = url
        self.queue = queue
        self.session = Session(SessionClock(), queue)
        self.hub = EventHub(self.session)
        self.verbs = Demonstration(from_url(url), self.session, self.hub, Pace(dot_s), None, first)
        self.verbs.start()

    @property
    def board(self):
        return self.session.board

    def until(self, predicate, timeout_s: float = 30.0) -> None:
        self.qtbot.waitUntil(predicate, timeout=round(timeout_s * 1000))

    def status(self, worker_id: WorkerId) -> WorkerStatus:
        view = self.session.workers.views.get(worker_id)
        return view.status if view else WorkerStatus.CONNECTING

    @property
    def is_queue_missing(self) -> bool:
        view = self.session.queues.views.get(self.queue)
        return view is not None and view.is_missing

    def add_waiting_worker(self, *queues: str, **how) -> WorkerId:
        worker_id = self.verbs.add_worker(queues, WorkerSettings(**how))
        self.until(lambda: self.status(worker_id) is WorkerStatus.WAITING)
        return worker_id

    def publish(self, *texts: str, queue: str = "", **how: bool):
        tasks = [make_task(text, queue, PublishSettings(**how)) for text in texts]
        self.verbs.publish(tasks)
        return tasks

    def until_all_done(self, count: int, timeout_s: float = 60.0) -> None:
        self.until(lambda: len(self.board.tasks) == count and not any(self.board.unsettled()), timeout_s)
        self.until(lambda: self.session.queues.ready_count == 0)

    def events(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.session.history if isinstance(event, kinds)]

    def texts_of(self, worker_id: WorkerId) -> list[str]:
        return [event.text for event in self.events(TaskDelivered) if event.worker_id == worker_id]


@pytest.fixture(autouse=True)
def _garbage_of_earlier_tests_is_gone() -> None:
    """A show of an earlier test has threads, timers and sockets."""
    gc.collect()


@pytest.fixture
def endpoint(rabbitmq) -> Endpoint:
    return from_url(rabbitmq.url)


@pytest.fixture(scope="session")
def built_in(tmp_path_factory) -> Iterator[BrokerProcess]:
    """Give the running built-in broker that all tests share."""
    broker = BrokerProcess(tmp_path_factory.mktemp("broker"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(params=["built-in", "RabbitMQ"])
def broker(request):
    """Give each of the two brokers, running; leave it so."""
    return request.getfixturevalue("built_in" if request.param == "built-in" else "rabbitmq")


@pytest.fixture(params=["built-in", "RabbitMQ"])
def killable_broker(request, tmp_path) -> Iterator[BrokerProcess | RabbitMqNode]:
    """Give each of the two brokers, running, to be killed and started by the test."""
    if request.param == "RabbitMQ":
        yield request.getfixturevalue("killable_node")
        return
    broker = BrokerProcess(tmp_path / "broker")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def more_queues(queue_name, rabbitmq) -> Iterator[tuple[str, str]]:
    """Give two more names like `queue_name`."""
    names = f"{queue_name}-second", f"{queue_name}-third"
    yield names
    with pika.BlockingConnection(pika.URLParameters(rabbitmq.url)) as connection:
        for name in names:
            connection.channel().queue_delete(name)


@pytest.fixture
def begin(qtbot) -> Iterator[Callable[..., Show]]:
    """Begin a demonstration at a URL with a queue; it ends with the test."""
    shows = []

    def begin(url: str, queue: str, **how) -> Show:
        shows.append(Show(qtbot, url, queue, **how))
        return shows[-1]

    yield begin
    ended = [show.verbs.shutdown() for show in shows]
    assert all(ended)


@pytest.fixture
def show(begin, broker, queue_name) -> Show:
    return begin(broker.url, queue_name)


def ready_count(url: str, queue: str) -> int:
    """Ask the broker itself, by a client that is none of ours."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        return connection.channel().queue_declare(queue, passive=True).method.message_count
    finally:
        connection.close()

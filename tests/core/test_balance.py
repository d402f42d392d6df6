from tests.core.story import QUEUE, W1, S, T, U, delivered, done, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.balance import balance_of
from workq_gui.core.queue_events import QueueAdded

V, X, Y = e.TaskId("t-3"), e.TaskId("t-4"), e.TaskId("t-5")
STARTED = [
    make(QueueAdded),
    make(e.WorkerAdded, worker_id=W1),
    make(e.WorkerStarted, worker_id=W1, prefetch_count=1),
]


def test_every_task_is_in_one_place():
    session = session_of(
        STARTED,
        published(T),
        delivered(T, W1),
        done(T, W1),
        published(U),
        delivered(U, W1),
        published(V),
        published(X),
        make(e.TaskReturned, task_id=X, reply_code=312, reply_text="NO_ROUTE"),
        make(e.TaskAccepted, task_id=Y, text="not sent", queue=QUEUE),
    )
    balance = balance_of(session)
    assert (balance.total, balance.acked, balance.returned) == (5, 1, 1)
    assert (balance.unacked, balance.ready, balance.unsent) == (1, 1, 1)
    assert balance.still_there == 3
    assert balance.missing == 0


def test_what_is_lost_is_not_there_any_more():
    session = session_of(
        STARTED,
        published(T),
        delivered(T, W1, auto_ack=True),
        make(e.WorkerCrashed, S, worker_id=W1),
    )
    balance = balance_of(session)
    assert (balance.lost, balance.still_there, balance.missing) == (1, 0, 0)


def test_what_the_broker_has_forgotten_is_with_its_worker():
    balance = balance_of(session_of(STARTED, published(T), delivered(T, W1, auto_ack=True)))
    assert (balance.trusted, balance.unacked, balance.missing) == (1, 0, 0)


def test_a_task_that_was_done_twice_is_counted_once():
    session = session_of(
        STARTED, published(T), delivered(T, W1), done(T, W1), delivered(T, W1, redelivered=True), done(T, W1)
    )
    balance = balance_of(session)
    assert (balance.total, balance.acked, balance.missing) == (1, 1, 0)


def test_an_empty_session_is_balanced():
    assert balance_of(session_of()).total == balance_of(session_of()).missing == 0

"""The queues on the stage, and the broker's own figures."""

from tests.core.story import QUEUE, T, make, published, session_of
from workq_gui.core import events as e
from workq_gui.core.queue_events import QueueAdded, QueueDeclared, QueueMissing, QueueObserved
from workq_gui.core.state import DIFFERS_FOR_NS

UP = make(e.ConnectionOpened, owner=e.PUBLISHER)
DOWN = make(e.ConnectionLost, owner=e.PUBLISHER, reason="reset by peer")


def test_queues_stand_in_the_order_in_which_they_were_added():
    session = session_of(make(QueueAdded), make(QueueAdded, queue="image", dead_letter_to="dead"))
    assert list(session.queues.views) == [QUEUE, "image"]
    assert session.queues.views["image"].dead_letter_to == "dead"


def test_the_counts_are_the_brokers_own_and_go_with_it():
    session = session_of(UP, make(QueueObserved, 5, ready_count=3, consumer_count=2))
    view = session.queues.views[QUEUE]
    assert (view.ready_count, view.consumer_count, session.queues.ready_count) == (3, 2, 3)
    session.extend([DOWN])
    assert session.queues.ready_count is None


def test_the_sum_is_known_when_every_queue_was_asked():
    session = session_of(make(QueueAdded), make(QueueAdded, queue="image"))
    session.extend([make(QueueObserved, ready_count=3)])
    assert session.queues.ready_count is None
    session.extend([make(QueueObserved, queue="image", ready_count=4)])
    assert session.queues.ready_count == 7


def test_a_missing_queue_is_noticed_and_found_again():
    session = session_of(UP, make(QueueMissing))
    (view,) = session.queues.views.values()
    assert view.is_missing
    session.extend([make(QueueObserved)])
    (view,) = session.queues.views.values()
    assert not view.is_missing


def test_a_difference_is_told_when_it_lasts():
    session = session_of(published(T, at_ns=1), make(QueueObserved, 2, ready_count=5))
    assert session.ready_difference_at(QUEUE, 2 + DIFFERS_FOR_NS) is None
    assert session.ready_difference_at(QUEUE, 3 + DIFFERS_FOR_NS) == (5, 1)
    session.extend([make(QueueObserved, 9, ready_count=1)])
    assert session.ready_difference_at(QUEUE, 99 + DIFFERS_FOR_NS) is None


def test_a_queue_is_known_by_how_it_was_declared():
    queues = session_of(
        make(QueueAdded, queue="mail", queue_type="quorum", dead_letter_to="failed"),
        make(QueueAdded, queue="old", durable=False),
    ).queues
    assert queues.views["mail"].kind == (True, "quorum", -1, "failed")
    assert queues.views["old"].kind == (False, "", -1, "")


def test_the_brokers_own_limit_is_known_when_the_queue_was_declared():
    session = session_of(
        make(QueueAdded, queue="mail", queue_type="quorum"),
        make(QueueDeclared, queue="mail", durable=True, queue_type="quorum", delivery_limit=20),
        make(QueueDeclared, queue="not on the stage", durable=True, delivery_limit=20),
    )
    assert session.queues.views["mail"].delivery_limit == 20
    assert "not on the stage" not in session.queues.views

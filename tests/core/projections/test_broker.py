"""What is known of the broker."""

from tests.core.story import make, session_of
from workq_gui.core import events as e

UP = make(e.ConnectionOpened, owner=e.PUBLISHER)
DOWN = make(e.ConnectionLost, owner=e.PUBLISHER, reason="reset by peer")


def test_the_publishers_connection_tells_whether_the_broker_is_there():
    broker = session_of(UP).broker
    assert broker.connected
    broker = session_of(UP, DOWN).broker
    assert (broker.connected, broker.was_connected, broker.trouble) == (False, True, "reset by peer")
    assert session_of(UP, DOWN, UP).broker.trouble == ""


def test_a_workers_connection_does_not():
    assert not session_of(make(e.ConnectionOpened, owner="worker 1")).broker.connected


def test_a_blocked_connection_says_why_until_it_is_free_again():
    session = session_of(UP, make(e.ConnectionBlocked, owner=e.PUBLISHER, reason="low on disk"))
    assert (session.broker.blocked, session.broker.trouble) == (True, "low on disk")
    session.extend([make(e.ConnectionUnblocked, owner=e.PUBLISHER)])
    assert (session.broker.blocked, session.broker.trouble) == (False, "")


def test_it_tells_that_the_producer_is_held():
    session = session_of(UP, make(e.ProducerHeld))
    assert session.broker.is_producer_held
    session.extend([make(e.ProducerReleased)])
    assert not session.broker.is_producer_held

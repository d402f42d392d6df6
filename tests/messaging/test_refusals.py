"""How long a publisher tries again after a basic.nack."""

from workq_gui.core.clock import ManualClock
from workq_gui.messaging.refusals import PATIENCE_NS, Refusals


def test_a_cluster_is_given_time_to_elect_a_leader():
    clock = ManualClock()
    refusals = Refusals(clock, is_cluster=True)
    assert refusals.may_pass()
    clock.advance(PATIENCE_NS - 1)
    assert refusals.may_pass()
    clock.advance(1)
    assert not refusals.may_pass()


def test_a_task_that_is_taken_renews_the_patience():
    clock = ManualClock()
    refusals = Refusals(clock, is_cluster=True)
    refusals.may_pass()
    clock.advance(PATIENCE_NS)
    refusals.forget()
    assert refusals.may_pass()


def test_a_broker_that_is_no_cluster_has_said_its_last_word():
    assert not Refusals(ManualClock(), is_cluster=False).may_pass()

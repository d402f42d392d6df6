"""Random faults of every kind, and each task accounted for; `tests/bench/soak.py` does it with 20,000."""

import gc

import pytest

from tests.soak import Soak, report


# pika 1.4.4 forgets its socket when an attempt is given up between TCP's connect and AMQP's handshake.
@pytest.mark.filterwarnings("ignore:.*unclosed <socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_each_task_is_acked_in_the_ledger_returned_or_left_in_a_queue(qapp, killable_broker):
    soak = Soak(killable_broker, count=600, seed=7)
    account = soak.run()
    assert not account.wrong, report(account, soak)
    assert len(account.published) == 600
    assert soak.session.ledger.lost_count == len(account.lost_ids)
    assert account.acked
    assert account.lost_ids
    assert account.left
    del soak
    gc.collect()  # here, and not in a thread of the next test: there are timers of Qt in the cycles

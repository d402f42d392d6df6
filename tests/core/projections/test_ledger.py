"""Where did it go?"""

from tests.core.story import T, U, delivered, make, session_of
from workq_gui.core import events as e
from workq_gui.core import verdicts as v
from workq_gui.core.projections.ledger import KEPT_ENTRIES


def lost(task_id, cause="purged", at_ns=0):
    return make(v.TaskLost, at_ns, task_id=task_id, cause=cause)


def ledger_of(*events):
    session = session_of()
    for event in events:
        session.apply(event)
    return session.ledger


def test_every_loss_is_counted_with_its_cause():
    ledger = ledger_of(lost(T), lost(U, "rejected", 7))
    assert ledger.lost_count == 2
    assert (ledger.newest.task_id, ledger.newest.cause, ledger.newest.at_ns) == (U, "rejected", 7)


def test_what_turns_up_after_all_is_not_lost():
    assert ledger_of(lost(T), lost(U), delivered(T, e.WorkerId("w"))).lost_count == 1


def test_a_task_is_lost_once():
    assert ledger_of(lost(T), lost(T)).lost_count == 1


def test_the_count_goes_on_when_old_entries_are_forgotten():
    ledger = ledger_of(*(lost(e.TaskId(str(n))) for n in range(KEPT_ENTRIES + 5)))
    assert (ledger.lost_count, len(ledger.entries)) == (KEPT_ENTRIES + 5, KEPT_ENTRIES)

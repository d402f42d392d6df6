"""Short stories for the tests of the stage, and what is on it at a moment of them."""

from tests.core.story import QUEUE, W1, W2, S, T, make, session_of
from workq_gui.core import events as e
from workq_gui.core.queue_events import QueueAdded
from workq_gui.core.session import Session
from workq_gui.ui.stage_layout import StageLayout, lay_out
from workq_gui.ui.stage_moment import Density, Moment
from workq_gui.ui.stage_tokens import StageTokens, TokenPlacer
from workq_gui.ui.tokens import Form

ANCHORS = {W1: 60.0, W2: 400.0}
LAYOUT = lay_out(740, 530, (QUEUE,))
TUBE = LAYOUT.first_tube
AXIS_Y = LAYOUT.axis_y
ADDED = make(QueueAdded)
STARTED = [
    make(kind, worker_id=worker_id) for worker_id in (W1, W2) for kind in (e.WorkerAdded, e.WorkerStarted)
]
ONLINE = [make(e.ConnectionOpened, owner=e.PUBLISHER), ADDED, *STARTED]
CONFIRMED = make(e.TaskConfirmed, task_id=T)
CRASHED = make(e.WorkerCrashed, 2 * S, worker_id=W1)
LANDED = S


def story(*events) -> Session:
    return session_of(ONLINE, *events)


def tokens(
    session: Session, at_ns: int, layout: StageLayout = LAYOUT, *, is_reduced: bool = False
) -> StageTokens:
    return TokenPlacer(Moment(session, at_ns, layout, ANCHORS, Density(), is_reduced)).place()


def forms(placed) -> list[Form]:
    return [token.look.form for token in placed]

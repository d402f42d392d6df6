"""One sentence per event, for people."""

from workq_gui.core import events as e
from workq_gui.core import verdicts as v
from workq_gui.core.events import Event, TaskId
from workq_gui.core.projections.cluster_lines import cluster_sentence
from workq_gui.core.projections.fault_lines import fault_sentence
from workq_gui.core.projections.foreign_lines import called, foreign_sentence, foreign_task_sentence
from workq_gui.core.projections.task_board import TaskBoard
from workq_gui.core.queue_events import (
    QueueAdded,
    QueueDeclared,
    QueueMissing,
    QueueObserved,
    QueuePurged,
    RoutingKeyUnknown,
)
from workq_gui.core.room_events import RoomClosed, RoomOpened
from workq_gui.core.tasks import shown_text

HOLDS = {
    e.WorkersHeld: "The workers are held: each stops before its next dot, and keeps task and heartbeats.",
    e.WorkersReleased: "The workers go on.",
    e.ProducerHeld: "The producer is held: it accepts tasks, and publishes none.",
    e.ProducerReleased: "The producer publishes again.",
}


ENDS = {
    "crashed": "died",
    "stopped": "was stopped",
    "left": "went away",
    "channel closed": "lost its channel",
}


def sentence(event: Event, board: TaskBoard) -> str:
    """Return what happened, with its cause, in plain words; task texts are looked up in `board`."""
    match event:
        case e.TaskEvent():
            return _task_sentence(event, _name(event.task_id, board))
        case e.WorkerEvent():
            return _worker_sentence(event)
        case e.Narrated():
            return event.sentence
        case e.PaceChanged():
            return f"A dot takes {event.dot_s:g} s of work from now on."
        case _:
            words = (
                HOLDS.get(type(event))
                or _queue_sentence(event)
                or cluster_sentence(event)
                or fault_sentence(event)
                or foreign_sentence(event)
            )
            return words or _broker_sentence(event)


def _name(task_id: TaskId, board: TaskBoard) -> str:
    task = board.tasks.get(task_id)
    return f"“{shown_text(task.text)}”" if task and task.text else f"Task {task_id}"


def _task_sentence(event: e.TaskEvent, name: str) -> str:
    return (
        _published_sentence(event, name)
        or _worked_sentence(event, name)
        or _verdict_sentence(event, name)
        or foreign_task_sentence(event, name)
        or f"{name}: {type(event).__name__}."
    )


def _published_sentence(event: e.TaskEvent, name: str) -> str:
    match event:
        case e.TaskAccepted():
            return f"{name} is accepted; it leaves as soon as the broker can take it."
        case e.TaskPublished(confirms=False):
            return f"{name} was sent to {event.routing_key}; without confirms nobody learns if it arrived."
        case e.TaskPublished():
            return f"{name} was published to {event.routing_key}; the broker has not confirmed it yet."
        case e.TaskConfirmed():
            return f"The broker confirmed {name}: it is responsible for it now."
        case e.TaskNacked():
            return f"The broker refused {name} (basic.nack)."
        case e.TaskReturned():
            return f"{name} came back: {event.reply_code} {event.reply_text}. No queue took it."
        case e.TaskUnconfirmed():
            return f"{name} was not confirmed when the connection ended: it is published again."
        case _:
            return ""


def _worked_sentence(event: e.TaskEvent, name: str) -> str:
    match event:
        case e.TaskDelivered(auto_ack=True):
            return f"{event.worker_id} receives {name}; with auto-ack the broker has forgotten it already."
        case e.TaskDelivered(redelivered=True):
            return f"{event.worker_id} receives {name}, marked redelivered: someone may have seen it before."
        case e.TaskDelivered():
            return f"{event.worker_id} receives {name}; the broker keeps it until the ack."
        case e.TaskProgressed():
            return f"{event.worker_id} has done {event.fraction:.0%} of {name}."
        case e.TaskFinished():
            return f"{event.worker_id} finished {name}; it is not acked yet."
        case e.TaskAcked():
            return f"{event.worker_id} acked {name}: done, and gone from the broker."
        case e.TaskRejected(requeue=True):
            return f"{event.worker_id} gave {name} back (basic.nack), for somebody else to do."
        case e.TaskRejected():
            return f"{event.worker_id} rejected {name} for good (basic.reject, no requeue)."
        case _:
            return ""


def _verdict_sentence(event: e.TaskEvent, name: str) -> str:
    match event:
        case v.TaskRequeued(cause="nacked"):
            return f"{name} is back, marked redelivered: {called(event.worker_id)} nacked it, and lives."
        case v.TaskRequeued():
            ended = ENDS.get(event.cause, "lost its connection")
            return (
                f"{name} was un-acked when {called(event.worker_id)} {ended}: "
                "the broker puts it back and marks it redelivered."
            )
        case v.TaskDeadLettered(cause="delivery limit"):
            return f"{name} came back too often: the broker moved it to {event.queue}."
        case v.TaskDeadLettered():
            return f"{name} was rejected for good: the broker moved it to {event.queue}."
        case v.TaskLost():
            return f"{name} is lost: {event.cause}."
        case v.TaskWasDone():
            return f"{name} was done before: what came of it later was an old delivery."
        case v.TaskRanTwice():
            first, second = called(event.first), called(event.second)
            return f"{name} was done twice, by {first} and by {second}: {event.cause}."
        case _:
            return ""


def _worker_sentence(event: e.WorkerEvent) -> str:
    match event:
        case e.WorkerAdded():
            return f"{event.worker_id} connects."
        case e.WorkerStarted(auto_ack=True):
            return f"{event.worker_id} takes from {event.queue} with auto-ack: nothing it loses comes back."
        case e.WorkerStarted():
            prefetch = event.prefetch_count or "without a limit"
            return f"{event.worker_id} waits for a task (prefetch {prefetch})."
        case e.WorkerStopped(reason=""):
            return f"{event.worker_id} closed its connection properly."
        case e.WorkerStopped():
            return f"{event.worker_id} stopped: {event.reason}"
        case e.WorkerCrashed(reason=""):
            return f"{event.worker_id} crashed: its connection was cut, with no goodbye."
        case e.WorkerCrashed():
            return f"{event.worker_id} died of an error in its callback: {event.reason}"
        case e.WorkerFroze():
            return f"{event.worker_id} froze: no heartbeat leaves it, and the broker will hang up."
        case e.WorkerThawed():
            return f"{event.worker_id} goes on where it froze."
        case e.WorkerRemoved():
            return f"{event.worker_id} was removed."
        case _:
            return fault_sentence(event)


def _queue_sentence(event: Event) -> str:
    match event:
        case QueueAdded(dead_letter_to=""):
            return f"The queue {event.queue} is added."
        case QueueAdded():
            return f"The queue {event.queue} is added; {event.dead_letter_to} gets what is rejected there."
        case QueuePurged():
            return f"The queue {event.queue} was purged: {event.message_count} messages are gone."
        case QueueObserved():
            counts = f"{event.ready_count} ready and {event.consumer_count} consumers"
            return f"The broker counts {counts} at {event.queue}."
        case QueueDeclared():
            return f"The broker has {event.queue}, as it was asked for."
        case RoutingKeyUnknown():
            return f"The broker knows no queue {event.routing_key}."
        case QueueMissing():
            return f"The broker does not know {event.queue} any more."
        case _:
            return ""


def _broker_sentence(event: Event) -> str:
    match event:
        case RoomOpened():
            return (
                f"The room is open: who knows the password of {event.user} works with this broker, too, "
                f"by port {event.port} of this machine."
            )
        case RoomClosed():
            return "The room is closed: the broker listens to this machine only, and let all others go."
        case e.BrokerStarted():
            return f"{event.product} listens on {event.host}:{event.port}."
        case e.BrokerStopped(killed=True):
            return "The broker was killed, as in a power cut."
        case e.BrokerStopped(expected=True):
            return "The broker was stopped."
        case e.BrokerStopped():
            return "The broker ended, and nobody asked for it."
        case e.ConnectionOpened():
            return (
                f"The {event.owner} is connected."
                if event.owner == e.PUBLISHER
                else f"{event.owner} is connected."
            )
        case e.ConnectionLost():
            return f"The connection of {event.owner} is lost: {event.reason}"
        case e.ConnectionFailed():
            return f"{event.owner} cannot connect: {event.reason} Next try in {event.retry_in_s:g} s."
        case e.ConnectionBlocked():
            return f"The broker takes no more messages for now: {event.reason}"
        case e.ConnectionUnblocked():
            return "The broker takes messages again."
        case _:
            return type(event).__name__

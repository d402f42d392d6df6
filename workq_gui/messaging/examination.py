"""The doctor's examination: everything about a broker that a lesson may stumble over, tried out."""

import asyncio
import socket
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from pika.exceptions import ChannelClosedByBroker

from workq_gui.core.doctor_report import Demonstrable, DoctorReport, Finding, FindingState
from workq_gui.core.queue_settings import QUEUE_DEFAULTS, QueueSettings
from workq_gui.core.settings import Endpoint
from workq_gui.messaging import doctor_probes as probes
from workq_gui.messaging.doctor_probes import Answer, QuorumAnswers
from workq_gui.messaging.errors import MessagingError, queue_refused
from workq_gui.messaging.link import Link
from workq_gui.messaging.queue_conflict import find_conflict
from workq_gui.messaging.topology import NOT_FOUND, QueueSpec, look_at_queue

NEW_LINE = "\n"
NO_ANSWER = "no answer in time"
PROBE_LIMIT_S = 8.0
LOOPBACK = ("127.0.0.1", "::1")
PERMIT_TRANSIENT = "deprecated_features.permit.transient_nonexcl_queues = true"
OK, NOTE, WARN, BAD, UNKNOWN = FindingState


@dataclass(frozen=True, slots=True)
class Standing:
    """What WorkQ has to do with a broker already.

    Attributes:
        is_own: It started the broker, and may restart and kill it.
        is_cluster: It started all nodes of a cluster, and may kill each.
        how: How the work queue is declared.
        consumer_count: How many consumers of the work queue are WorkQ's; None if it does not use the queue
            yet, so that what is in there is not WorkQ's either.
    """

    is_own: bool = False
    is_cluster: bool = False
    how: QueueSettings = QUEUE_DEFAULTS
    consumer_count: int | None = None


STRANGER = Standing()


async def examine(endpoint: Endpoint, queue: str, standing: Standing = STRANGER) -> DoctorReport:
    """Return everything that can be found out about the broker at `endpoint`; takes some seconds.

    It makes queues of its own and deletes them, and publishes to these alone; so it is for a user who
    asked. Belongs to the asyncio loop that awaits it. A broker that fails is no error but a finding.

    Args:
        endpoint: Where it is.
        queue: The work queue to look at.
        standing: What WorkQ has to do with it already.
    """
    reachable = await _look_at_addresses(endpoint)
    try:
        link = await Link.open(endpoint, "WorkQ doctor")
    except MessagingError as error:
        problem = Finding.of_problem("log in", error.problem)
        return DoctorReport(str(endpoint), "", (*reachable, problem))
    try:
        identity = _look_at_identity(link, endpoint)
        queue_finding = await _look_at_queue(link, queue, standing)
        product, heartbeat_s = link.product, link.offered_heartbeat_s
    except MessagingError as error:
        problem = Finding.of_problem("connection", error.problem)
        return DoctorReport(str(endpoint), "", (*reachable, problem))
    finally:
        await link.close()
    findings, can_show = await _try_out(endpoint, standing, heartbeat_s)
    return DoctorReport(str(endpoint), product, (*reachable, *identity, *findings, queue_finding), can_show)


async def _try_out(
    endpoint: Endpoint, standing: Standing, heartbeat_s: int
) -> tuple[tuple[Finding, ...], tuple[Demonstrable, ...]]:
    """Return what the broker does when it is asked to, and what can be shown by that."""
    alarm = await _safely(probes.takes_messages(endpoint))
    transient, acks, quorum = await asyncio.gather(
        _safely(probes.takes_transient_queue(endpoint)),
        _safely(probes.traces_acks(endpoint)),
        _quorum_safely(endpoint, may_publish=bool(alarm.is_yes)),
    )
    findings = (_alarm_finding(alarm), _transient_finding(transient), _quorum_finding(quorum))
    can_show = (
        _transient_demo(transient),
        *_quorum_demos(quorum),
        _own_broker_demo(is_own=standing.is_own),
        _heartbeat_demo(heartbeat_s),
        _acks_demo(acks),
        _cluster_demo(is_possible=standing.is_cluster),
    )
    return findings, can_show


async def _safely(probe: Coroutine[Any, Any, Answer]) -> Answer:
    """Await a probe; a broker that ends meanwhile, or answers no more, leaves the question open."""
    try:
        async with asyncio.timeout(PROBE_LIMIT_S):
            return await probe
    except MessagingError as error:
        return Answer(None, error.problem.broker_words)
    except TimeoutError:
        return Answer(None, NO_ANSWER)


async def _quorum_safely(endpoint: Endpoint, *, may_publish: bool) -> QuorumAnswers:
    try:
        async with asyncio.timeout(PROBE_LIMIT_S):
            return await probes.try_quorum_queue(endpoint, may_publish=may_publish)
    except MessagingError as error:
        unknown = Answer(None, error.problem.broker_words)
    except TimeoutError:
        unknown = Answer(None, NO_ANSWER)
    return QuorumAnswers(unknown, unknown, unknown)


# --- where it is, who it is ---------------------------------------------------------------------


async def _look_at_addresses(endpoint: Endpoint) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    for host, port in ((endpoint.host, endpoint.port), *endpoint.others):
        addresses = await _addresses(host, port)
        answers = await asyncio.gather(*(probes.answers_tcp(address, port) for address in addresses))
        is_any = any(answer.is_yes for answer in answers)
        for address, answer in zip(addresses, answers, strict=True):
            findings.append(_address_finding(address, port, answer, is_any))
    return tuple(findings)


async def _addresses(host: str, port: int) -> tuple[str, ...]:
    """Return what to try: on this machine both ways in, elsewhere what the host's name stands for."""
    if host in ("localhost", *LOOPBACK):
        return LOOPBACK
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return ()  # connecting says so in words
    return tuple(dict.fromkeys(str(where[4][0]) for where in found))


def _address_finding(address: str, port: int, answer: Answer, is_any: bool) -> Finding:
    name = f"reachable at {address}"
    if answer.is_yes:
        return Finding(name, OK, f"port {port} answers")
    if not is_any:
        return Finding(name, BAD, answer.words)
    meaning = "A client that tries this address alone is refused"
    if address == "::1":
        meaning += "; localhost may mean it"
    way_out = f"In clients write {LOOPBACK[0]} instead of localhost." if address == "::1" else ""
    return Finding(name, NOTE, answer.words, f"{meaning}.", way_out)


def _look_at_identity(link: Link, endpoint: Endpoint) -> tuple[Finding, ...]:
    properties = link.server_properties
    platform = str(properties.get("platform", ""))
    capabilities = properties.get("capabilities")
    known = sorted(capabilities) if isinstance(capabilities, dict) else []
    heartbeat_s = link.offered_heartbeat_s
    return (
        Finding("product", OK, f"{link.product}, {platform}" if platform else link.product),
        _login_finding(endpoint),
        Finding("frames", OK, f"up to {link.frame_max_bytes:,} bytes"),
        Finding(
            "heartbeat",
            OK if heartbeat_s else NOTE,
            f"the broker offers {heartbeat_s} s" if heartbeat_s else "the broker offers none",
        ),
        Finding("capabilities", OK, ", ".join(known)),
    )


def _login_finding(endpoint: Endpoint) -> Finding:
    words = f"{endpoint.user!r} is let in, virtual host {endpoint.vhost!r}"
    if endpoint.user != "guest":
        return Finding("log in", OK, words)
    return Finding(
        "log in",
        NOTE,
        words,
        "guest may log in only from the broker's own machine: another machine of the room is refused (403).",
        "For a room: Open the room (built-in broker), or rabbitmqctl add_user NAME PASSWORD and "
        "rabbitmqctl set_permissions NAME '.*' '.*' '.*'.",
    )


# --- what it does -------------------------------------------------------------------------------


def _alarm_finding(taken: Answer) -> Finding:
    if taken.is_yes:
        return Finding("alarms", OK, "none: a message was confirmed")
    if taken.is_yes is None:
        return Finding("alarms", UNKNOWN, taken.words)
    return Finding(
        "alarms",
        BAD,
        taken.words,
        "The broker is short of disk or memory and takes no messages: a publisher waits, and prints nothing.",
        "Make room on its disk (RabbitMQ wants 50 MB free by default), or give it more memory; it goes on "
        "by itself. rabbitmq-diagnostics alarms tells which it is.",
    )


def _transient_finding(answer: Answer) -> Finding:
    name = "transient queues"
    if answer.is_yes:
        return Finding(name, OK, "may be declared")
    if "541" in answer.words:
        return Finding(
            name,
            BAD,
            answer.words,
            "A queue that is neither durable nor exclusive is refused, and the connection closed with it. "
            "RabbitMQ 4.3 may do so; most older tutorials declare such a queue.",
            "In programs: durable=True. Or permit it with this line in rabbitmq.conf, and restart it: "
            f"{PERMIT_TRANSIENT}",
        )
    state = UNKNOWN if answer.is_yes is None else WARN
    return Finding(name, state, answer.words, "This user cannot declare a queue of its own here.")


def _quorum_finding(answers: QuorumAnswers) -> Finding:
    name, declares = "quorum queues", answers.declares
    if declares.is_yes:
        return Finding(name, OK, "may be declared")
    state = UNKNOWN if declares.is_yes is None else WARN
    return Finding(
        name, state, declares.words, "The present tutorial two declares one; here it would be refused."
    )


async def _look_at_queue(link: Link, queue: str, standing: Standing) -> Finding:
    """Tell how the work queue is, and whether it is ours alone."""
    name = f"queue {queue}"
    try:
        frame = await link.call_aside(lambda channel, done: look_at_queue(channel, queue, done))
    except ChannelClosedByBroker as error:
        if error.reply_code == NOT_FOUND:
            return Finding(name, OK, "not there yet", "WorkQ makes it, durable.")
        return Finding.of_problem(name, queue_refused(error, queue).problem)
    ready_count, consumer_count = frame.method.message_count, frame.method.consumer_count
    figures = f"{ready_count:,} ready, {consumer_count:,} consumers"
    conflict = None
    if not standing.how.is_passive:
        conflict = await find_conflict(link, QueueSpec(queue, standing.how))
    if conflict is not None:
        return Finding(
            name,
            WARN,
            f"{figures}; {'; '.join(map(str, conflict.differences))}",
            "It is there with other arguments than WorkQ would give it.",
            "WorkQ asks at connect: use it as it is, take another name, or delete it and declare it again.",
        )
    if standing.consumer_count is not None and consumer_count <= standing.consumer_count:
        return Finding(name, OK, figures, "All its consumers are workers of this window.")
    if consumer_count or (ready_count and standing.consumer_count is None):
        return Finding(
            name,
            WARN,
            figures,
            "It may not be ours alone: workers would take what is meant for others, and others what is ours.",
            "Take another queue: workq --queue NAME.",
        )
    return Finding(name, OK, figures, "It is there, and nobody else uses it now.")


# --- what can be shown --------------------------------------------------------------------------


def _transient_demo(answer: Answer) -> Demonstrable:
    name = "A transient queue that a restart takes away"
    if answer.is_yes:
        return Demonstrable(name, True)
    reason = f"denied by this broker ({answer.words.partition(NEW_LINE)[0]})"
    if "541" in answer.words:
        reason += f": put {PERMIT_TRANSIENT} into rabbitmq.conf"
    return Demonstrable(name, False, reason)


def _quorum_demos(answers: QuorumAnswers) -> tuple[Demonstrable, ...]:
    declares, limits, times_out = answers.declares, answers.limits_deliveries, answers.times_consumers_out
    timeout_reason = times_out.words or (
        "the broker did not take a task back that was held too long; RabbitMQ 4.3 does so on quorum queues, "
        "and so does the built-in broker"
    )
    return (
        Demonstrable("Quorum queues", bool(declares.is_yes), declares.words),
        Demonstrable("A delivery limit for a task that kills its worker", bool(limits.is_yes), limits.words),
        Demonstrable(
            "A consumer timeout within seconds",
            bool(times_out.is_yes),
            "" if times_out.is_yes else timeout_reason,
        ),
    )


def _own_broker_demo(*, is_own: bool) -> Demonstrable:
    reason = "only a broker of WorkQ's own: begin without --broker, or with --broker rabbitmq"
    return Demonstrable("Restart, kill and freeze the broker", is_own, "" if is_own else reason)


def _heartbeat_demo(offered_s: int) -> Demonstrable:
    reason = "" if offered_s else "the broker offers no heartbeat, and may not miss one either"
    return Demonstrable("A frozen worker that its missing heartbeats give away", bool(offered_s), reason)


def _acks_demo(answer: Answer) -> Demonstrable:
    reason = (
        ""
        if answer.is_yes
        else "only the built-in broker can report acks (option --trace-acks); RabbitMQ's trace shows what is "
        "published and delivered, and never an ack"
    )
    return Demonstrable("Acks of other people's clients", bool(answer.is_yes), reason)


def _cluster_demo(*, is_possible: bool) -> Demonstrable:
    reason = (
        "which nodes stand behind an address no client can see, nor kill one: it takes a cluster that WorkQ "
        "starts itself (--broker cluster)"
    )
    return Demonstrable("A node of a cluster that fails", is_possible, "" if is_possible else reason)

"""What the methods and fields of AMQP 0-9-1 mean, in a few words, and the words for a frame in a list."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from workq_gui.core.wire import FrameType, WireFrame
from workq_gui.ui.event_words import one_plain_line

NS_PER_S = 1_000_000_000
MOST_BODY_CHARACTERS = 60
ESSENTIAL = {
    "Connection.Start": ("version_major", "version_minor", "mechanisms"),
    "Connection.StartOk": ("mechanism", "response", "locale"),
    "Connection.Open": ("virtual_host",),
    "Connection.OpenOk": (),
    "Channel.Open": (),
    "Channel.OpenOk": (),
    "Queue.Declare": ("queue", "passive", "durable", "exclusive", "auto_delete", "arguments"),
    "Exchange.Declare": ("exchange", "type", "passive", "durable"),
    "Basic.Qos": ("prefetch_count", "global"),
    "Basic.Consume": ("queue", "consumer_tag", "no_ack", "exclusive"),
    "Basic.Publish": ("exchange", "routing_key", "mandatory"),
    "Basic.Deliver": ("delivery_tag", "redelivered", "exchange", "routing_key"),
}
"""What stands in a row; of other methods, all but what is of no use any more."""
OBSOLETE = ("ticket", "insist", "capabilities", "out_of_band", "cluster_id", "no_wait")
GOOD = ("Basic.Ack",)
BAD = ("Basic.Nack", "Basic.Reject", "Basic.Return", "Basic.Cancel", "Channel.Close")


def wire_time_words(at_ns: int) -> str:
    """Return a moment as seconds since the beginning, to a tenth of a millisecond."""
    return f"{at_ns / NS_PER_S:,.4f}"


def direction_words(frame: WireFrame) -> str:
    """Return which way a frame went."""
    return _tr("→ broker") if frame.is_outgoing else _tr("← broker")


def colour_token(frame: WireFrame) -> str:
    """Return the colour that tells whether a frame is good news; see `Theme`."""
    arguments = dict(frame.arguments)
    if frame.problem or frame.name in BAD or arguments.get("redelivered") == "True":
        return "bad"
    if frame.name == "Connection.Close":
        return "ink" if arguments.get("reply_code") == "200" else "bad"
    if frame.name == "Connection.Blocked":
        return "warn"
    return "ok" if frame.name in GOOD else "ink"


def line_words(frame: WireFrame, contents: Sequence[WireFrame] = ()) -> str:
    """Return what matters of a frame, and of the content that is folded into it, as one plain line."""
    if frame.problem:
        return one_plain_line(f"{frame.problem} {frame.raw[:24].hex(' ')}")
    names = ESSENTIAL.get(frame.name)
    pairs = [
        f"{name}={value}"
        for name, value in (*frame.arguments, *frame.properties)
        if (name not in OBSOLETE if names is None else name in names)
    ]
    parts = [" ".join(pairs)] if pairs else []
    bodies = [one for one in (frame, *contents) if one.frame_type is FrameType.BODY]
    if bodies:
        text = one_plain_line("".join(one.body for one in bodies))
        cut = text[:MOST_BODY_CHARACTERS] + ("…" if len(text) > MOST_BODY_CHARACTERS else "")
        count = sum(one.body_bytes for one in bodies)
        parts.append(_tr("“{}” ({:,} bytes)").format(cut, count))
    return one_plain_line(" · ".join(parts))


def method_meaning(frame: WireFrame) -> str:
    """Return what a frame is for; empty if that is not known here."""
    others = {
        FrameType.HEADER: _tr("How long the message is, and its properties; comes after its method."),
        FrameType.BODY: _tr("The message itself, or a part of it. The broker never looks into it."),
        FrameType.HEARTBEAT: _tr("A sign of life. Who misses them too long hangs up."),
        FrameType.PROTOCOL_HEADER: _tr("The first bytes of a connection: let us speak AMQP 0-9-1."),
    }
    return others.get(frame.frame_type) or _tr(_METHODS.get(frame.name, ""))


def field_meaning(method: str, name: str) -> str:
    """Return what an argument or a property means; empty if that is not known here."""
    return _tr(_FIELDS.get(f"{method}.{name}") or _FIELDS.get(name, ""))


def _tr(text: str) -> str:
    return QCoreApplication.translate("WireWords", text)


_METHODS = {
    "Connection.Start": "The broker says who it is, and how one can log in.",
    "Connection.StartOk": "The client says who it is, and logs in. Password and its length are masked here.",
    "Connection.Tune": "The broker proposes limits, and how often to show a sign of life.",
    "Connection.TuneOk": "The client says which of these hold.",
    "Connection.Open": "The client chooses a virtual host.",
    "Connection.OpenOk": "The virtual host can be used.",
    "Connection.Close": "This side ends the connection, and says why.",
    "Connection.CloseOk": "The other side agrees: now the TCP connection can be closed.",
    "Connection.Blocked": "The broker is short of memory or disk: it reads no more from who publishes.",
    "Connection.Unblocked": "The broker reads again.",
    "Channel.Open": "Opens a channel: a conversation of its own within the connection.",
    "Channel.OpenOk": "The channel is open.",
    "Channel.Close": "This side ends the channel, and says why. Un-acked messages go back to their queues.",
    "Channel.CloseOk": "The other side agrees.",
    "Confirm.Select": "From now on the broker is to confirm each message published on this channel.",
    "Confirm.SelectOk": "The broker will.",
    "Queue.Declare": "Makes a queue, or makes sure that there is one like this; passive only looks.",
    "Queue.DeclareOk": "The queue is there: so many messages are ready, and so many consumers take from it.",
    "Queue.Bind": "What the exchange gets with this routing key is to go to this queue, too.",
    "Queue.BindOk": "It is bound.",
    "Queue.Unbind": "It is to go there no more.",
    "Queue.UnbindOk": "It is not bound any more.",
    "Queue.Purge": "Throws away all messages that are ready.",
    "Queue.PurgeOk": "So many were thrown away.",
    "Queue.Delete": "Deletes the queue with all that is in it.",
    "Queue.DeleteOk": "It is deleted; so many messages were in it.",
    "Exchange.Declare": "Makes an exchange, or makes sure that there is one like this; passive only looks.",
    "Exchange.DeclareOk": "The exchange is there.",
    "Basic.Qos": "Limits how many un-acked messages the broker gives to a consumer: prefetch.",
    "Basic.QosOk": "The limit holds.",
    "Basic.Consume": "Asks for the messages of a queue, as they come.",
    "Basic.ConsumeOk": "They will come, under this consumer tag.",
    "Basic.Cancel": "Ends a consumer; from the broker: its queue is gone.",
    "Basic.CancelOk": "It is ended.",
    "Basic.Publish": "Gives the broker a message for an exchange. Header and body follow.",
    "Basic.Return": "A mandatory message could not go to any queue, and comes back.",
    "Basic.Deliver": "The broker gives a message to a consumer. Header and body follow.",
    "Basic.Ack": "From a consumer: done, forget the message. From the broker: it is safe here (a confirm).",
    "Basic.Nack": "From a consumer: not done. From the broker: it could not take the message.",
    "Basic.Reject": "From a consumer: not done. Without requeue it is dead-lettered, or gone.",
}
_FIELDS = {
    "delivery_tag": "number of the delivery on this channel; the ack names it",
    "multiple": "all up to this number, too",
    "requeue": "put it back into its queue",
    "redelivered": "it was given to somebody before, and not acked",
    "exchange": "where it is published to; the empty name is the default one, which goes by the queue's name",
    "routing_key": "by which the exchange finds the queue; for the default one, its name",
    "mandatory": "send it back if there is no queue for it",
    "immediate": "not supported by RabbitMQ",
    "consumer_tag": "name of this consumer on its channel",
    "no_ack": "auto-ack: forget a message as soon as it is sent",
    "no_local": "not supported by RabbitMQ",
    "queue": "its name; an empty one lets the broker choose",
    "passive": "only look whether it is there",
    "durable": "survives a restart of the broker",
    "exclusive": "for this connection only",
    "auto_delete": "gone with its last consumer",
    "internal": "only other exchanges may publish to it",
    "arguments": "more settings, such as x-queue-type",
    "no_wait": "do not answer",
    "ticket": "not used since AMQP 0-9-1",
    "message_count": "how many are ready",
    "consumer_count": "how many take from it",
    "prefetch_count": "so many un-acked messages at most; 0 is no limit",
    "prefetch_size": "the same in bytes; not supported by RabbitMQ",
    "global": "for the whole channel, not for each consumer",
    "reply_code": "why, as a number; 200 is success",
    "reply_text": "why, in words",
    "class_id": "class of the method that failed; 0 if none did",
    "method_id": "the method that failed",
    "channel_max": "so many channels at most",
    "frame_max": "so many bytes in a frame at most",
    "heartbeat": "seconds between two signs of life",
    "virtual_host": "a broker within the broker, with queues of its own",
    "version_major": "of AMQP: 0-9",
    "version_minor": "of AMQP: 0-9",
    "server_properties": "what the broker says of itself",
    "client_properties": "what the client says of itself",
    "mechanisms": "ways to log in",
    "mechanism": "the way chosen; PLAIN is user and password",
    "response": "user and password: masked, never recorded",
    "locale": "language of the reply texts",
    "locales": "languages of the reply texts",
    "type": "of an exchange: direct, fanout, topic or headers",
    "reason": "in the broker's words",
    "class": "to which the content belongs",
    "body_size": "bytes of the message; 0: no body follows",
    "version": "of the protocol",
    "content_type": "what the body is",
    "content_encoding": "how the body is packed",
    "headers": "more properties, by name",
    "delivery_mode": "2 is persistent: written to disk; 1 is not",
    "priority": "for priority queues",
    "correlation_id": "to which question this is the answer",
    "reply_to": "the queue for an answer",
    "expiration": "milliseconds until it is thrown away",
    "message_id": "given by who published it; here the task's id",
    "timestamp": "seconds since 1970, by who published it",
    "user_id": "who published it; checked by the broker",
    "app_id": "the program that published it",
    "content header.type": "kind of message",
}

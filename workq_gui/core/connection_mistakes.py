"""Mistakes that cost a connection, or keep one from being made."""

import re

from workq_gui.core.mistake import Mistake

OPENING = (
    Mistake(
        name="login refused",
        pattern=re.compile(r"ACCESS_REFUSED - Login was refused|user '.*?' can only connect via localhost"),
        example=(
            "403 ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details "
            "see the broker logfile."
        ),
        what="The broker refused the user or the password.",
        meaning=(
            "One of them is wrong, or the user is guest and the broker is on another machine: guest may"
            " log in only from the broker's own."
        ),
        pika_line="pika.BlockingConnection(pika.ConnectionParameters(host, credentials=PlainCredentials(…)))",
        way_out=(
            "Check both. A user for others: rabbitmqctl add_user NAME PASSWORD, then "
            "rabbitmqctl set_permissions NAME '.*' '.*' '.*'."
        ),
    ),
    Mistake(
        name="no such virtual host",
        pattern=re.compile(r"NOT_ALLOWED - (?:access to )?vhost '?(?P<vhost>.*?)'? (?:not found|refused)"),
        example="530 NOT_ALLOWED - vhost school not found",
        what="There is no virtual host $vhost for this user.",
        meaning="It does not exist, or this user has no permissions in it.",
        pika_line="pika.BlockingConnection(pika.ConnectionParameters(host, virtual_host='$vhost'))",
        way_out="The usual one is /, written %2F in a URL. Others: rabbitmqctl list_vhosts.",
    ),
    Mistake(
        name="nobody listens",
        pattern=re.compile(r"Connection refused|ConnectionRefusedError|actively refused"),
        example="Connection refused",
        what="No broker listens at that address and port.",
        meaning=(
            "It is not started yet, or it listens elsewhere. In a Docker container localhost is the "
            "container itself; localhost may also mean ::1, where RabbitMQ in Docker is not found."
        ),
        pika_line="pika.BlockingConnection(pika.ConnectionParameters(host='localhost'))",
        way_out="Start the broker, wait some seconds, and check host and port (5672); try 127.0.0.1.",
    ),
    Mistake(
        name="no such host",
        pattern=re.compile(
            r"Name or service not known|nodename nor servname|getaddrinfo failed|name resolution"
        ),
        example="Name or service not known",
        what="The name of the broker's host is not known.",
        meaning="It is misspelt, or known only inside a Docker network.",
        pika_line="pika.BlockingConnection(pika.ConnectionParameters(host='rabbitmq'))",
        way_out="Check the spelling; outside of Docker use localhost and the port that is published.",
    ),
)

FORBIDDEN = (
    Mistake(
        name="transient queue that is denied",
        pattern=re.compile(r"transient_nonexcl_queues"),
        example=(
            "541 INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.\n"
            "Its use is not permitted per the configuration"
        ),
        what="A queue was to be neither durable nor exclusive, and this broker does not allow that any more.",
        meaning=(
            "Such queues are deprecated, and RabbitMQ 4.3 and later may deny them. They are pika's default: "
            "durable=False, exclusive=False. The whole connection is closed."
        ),
        pika_line="channel.queue_declare(queue='hello')",
        way_out=(
            "Add durable=True. Or permit them, in rabbitmq.conf on every node: "
            "deprecated_features.permit.transient_nonexcl_queues = true"
        ),
    ),
    Mistake(
        name="internal error",
        pattern=re.compile(r"INTERNAL_ERROR"),
        example="541 INTERNAL_ERROR",
        what="Something inside the broker failed on what it was asked.",
        meaning="The broker does not say more to a client; its log does. The connection is closed.",
        pika_line=(
            "channel.queue_declare(queue='hello', arguments={…})  # for example, with a value it cannot take"
        ),
        way_out="Read the broker's log at that time; try the call without its arguments.",
    ),
    Mistake(
        name="prefetch for a whole channel",
        pattern=re.compile(r"queue '(?P<queue>.*?)' in vhost '.*?' does not support global qos"),
        example="540 NOT_IMPLEMENTED - queue 'hello' in vhost '/' does not support global qos",
        what="The quorum queue $queue has no prefetch that all consumers of a channel share.",
        meaning=(
            "global_qos=True counts for the channel instead of each consumer; quorum queues cannot do that."
        ),
        pika_line="channel.basic_qos(prefetch_count=1, global_qos=True)  # then basic_consume",
        way_out="Leave global_qos out: prefetch_count then counts for each consumer.",
    ),
    Mistake(
        name="prefetch in bytes",
        pattern=re.compile(r"NOT_IMPLEMENTED - prefetch_size!=0"),
        example="540 NOT_IMPLEMENTED - prefetch_size!=0 (1)",
        what="The prefetch was to be counted in bytes.",
        meaning="AMQP has it, RabbitMQ does not: it counts messages only.",
        pika_line="channel.basic_qos(prefetch_size=1)  # meant: prefetch_count=1",
        way_out="Use prefetch_count=1.",
    ),
    Mistake(
        name="immediate publish",
        pattern=re.compile(r"NOT_IMPLEMENTED - immediate=true"),
        example="540 NOT_IMPLEMENTED - immediate=true",
        what="A message was to be taken only if a consumer is free for it at once.",
        meaning=(
            "RabbitMQ has not done that since version 3.0, and pika's basic_publish has no word for it "
            "any more."
        ),
        pika_line=(
            "channel.basic_publish('', 'hello', b'…', immediate=True)  # in code for old versions of pika"
        ),
        way_out="Leave immediate out; a time to live of 0 (expiration='0') comes close to it.",
    ),
    Mistake(
        name="consumer tag used twice",
        pattern=re.compile(
            r"attempt to reuse consumer tag '(?P<tag>.*?)'|consumer tag specified already exists"
        ),
        example="530 NOT_ALLOWED - attempt to reuse consumer tag 'worker'",
        what="Two consumers of one channel were to have the same consumer tag $tag.",
        meaning="The tag is what tells consumers of a channel apart. The whole connection is closed.",
        pika_line="channel.basic_consume('hello', callback, consumer_tag='$tag')  # a second time",
        way_out="Leave consumer_tag out, and take the one that basic_consume returns.",
    ),
)

GARBLED = (
    Mistake(
        name="frame that cannot be read",
        pattern=re.compile(r"FRAME_ERROR"),
        example='501 FRAME_ERROR - type 1, all octets = <<"abcd">>: {invalid_frame_end_marker,88}',
        what="The broker got bytes that are no frame of AMQP.",
        meaning=(
            "Nearly always two threads wrote to one connection at the same time; or the port was given to "
            "something that does not speak AMQP."
        ),
        pika_line=(
            "threading.Thread(target=lambda: channel.basic_publish(…)).start()  # beside start_consuming()"
        ),
        way_out=(
            "One connection for each thread; from another thread only connection.add_callback_threadsafe(…)."
        ),
    ),
    Mistake(
        name="frame out of turn",
        pattern=re.compile(r"UNEXPECTED_FRAME"),
        example=(
            "505 UNEXPECTED_FRAME - expected content header for class 60, got non content header frame "
            "instead"
        ),
        what="The broker got the parts of a message in the wrong order.",
        meaning="Two threads published on one channel, and their frames were mixed.",
        pika_line="threading.Thread(target=lambda: channel.basic_publish(…)).start()  # and here, too",
        way_out=(
            "One connection for each thread; from another thread only connection.add_callback_threadsafe(…)."
        ),
    ),
    Mistake(
        name="channel that was not opened",
        pattern=re.compile(r"CHANNEL_ERROR"),
        example="504 CHANNEL_ERROR - expected 'channel.open'",
        what="Something was asked on a channel that is not open at the broker.",
        meaning=(
            "The channel was closed, by either side, and used again; or it belongs to another connection."
        ),
        pika_line="ch.basic_ack(method.delivery_tag)  # from a thread that did not see the channel close",
        way_out="Open a new channel with connection.channel(), and keep a channel to one thread.",
    ),
)

ENDING = (
    Mistake(
        name="broker shut down",
        pattern=re.compile(r"CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"),
        example="320 CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
        what="The broker was shut down, or restarted.",
        meaning=(
            "It said goodbye properly. Un-acked messages are in the queue again when it is back, if "
            "they are kept."
        ),
        pika_line="channel.start_consuming()  # raises ConnectionClosedByBroker; the line itself is right",
        way_out="Connect again, with growing pauses. Durable queues and persistent messages survive.",
    ),
    Mistake(
        name="connection closed by an administrator",
        pattern=re.compile(r"CONNECTION_FORCED(?: - (?P<reason>[^\n\"']*))?"),
        example="320 CONNECTION_FORCED - Closed via management plugin",
        what="Somebody at the broker closed this connection.",
        meaning=(
            "In the management page, or by rabbitmqctl close_connection. The reason given: $reason. "
            "Un-acked messages are redelivered."
        ),
        pika_line="channel.start_consuming()  # raises ConnectionClosedByBroker; the line itself is right",
        way_out="Connect again; if it happens again, ask who runs the broker.",
    ),
    Mistake(
        name="missed heartbeats",
        pattern=re.compile(r"AMQPHeartbeatTimeout|[Mm]issed heartbeats|No activity or too many missed"),
        example="AMQPHeartbeatTimeout: No activity or too many missed heartbeats in the last 60 seconds",
        what="pika heard nothing from the broker for too long, and gave the connection up.",
        meaning=(
            "The network stalls, the broker hangs, or this program did not read for too long, since its "
            "callback was busy. Un-acked messages are redelivered as soon as the broker notices."
        ),
        pika_line="time.sleep(180)  # in the callback: pika neither reads nor sends heartbeats meanwhile",
        way_out=(
            "Work in a thread of its own and ack by connection.add_callback_threadsafe(…), or wait with "
            "connection.sleep(…), which serves heartbeats."
        ),
    ),
    Mistake(
        name="connection closed without a word",
        pattern=re.compile(r"Transport indicated EOF|the other side closed the connection"),
        example="Transport indicated EOF",
        what="The broker closed the connection without saying why.",
        meaning=(
            "Most often it had missed three heartbeats, because the callback worked without letting "
            "pika send them; or the broker was killed. What was un-acked has been redelivered, even if "
            "the work is done: its ack can no longer be sent."
        ),
        pika_line="time.sleep(180)  # in the callback: pika sends no heartbeats meanwhile",
        way_out=(
            "Work in a thread of its own and ack by connection.add_callback_threadsafe(…), or wait with "
            "connection.sleep(…); a longer heartbeat= only hides it. Be prepared to get a task twice."
        ),
    ),
    Mistake(
        name="connection reset",
        pattern=re.compile(r"reset by peer|ConnectionResetError|Broken pipe|BrokenPipeError|forcibly closed"),
        example="Stream connection lost: ConnectionResetError(104, 'Connection reset by peer')",
        what="The connection broke.",
        meaning=(
            "The broker was killed, the network was cut, or the broker had closed the connection long "
            "ago, for three missed heartbeats, and this call was the first to notice. What was un-acked"
            " is redelivered."
        ),
        pika_line="ch.basic_ack(delivery_tag=method.delivery_tag)  # after time.sleep(180) in the callback",
        way_out=(
            "Connect again. If it happens after long work: let pika send heartbeats, by "
            "connection.sleep(…) or a thread for the work."
        ),
    ),
    Mistake(
        name="blocked by an alarm",
        pattern=re.compile(r"\blow on (?P<resource>memory|disk)"),
        example="low on memory",
        what="The broker takes no messages at present: it is low on $resource.",
        meaning=(
            "It stops reading from every connection that publishes (connection.blocked); basic_publish "
            "seems to hang, or messages wait in the socket. Consumers go on."
        ),
        pika_line="channel.basic_publish(exchange='', routing_key='hello', body=b'…')  # waits",
        way_out=(
            "Let workers empty the queues, or free $resource on the broker's machine (50 MB of disk at "
            "least)."
        ),
    ),
)

CONNECTION_MISTAKES = OPENING + FORBIDDEN + GARBLED + ENDING

"""Mistakes that cost a channel, a consumer or a message; the connection goes on."""

import re

from workq_gui.core.mistake import Mistake

_QUEUE = r"queue '(?P<queue>.*?)' in vhost '.*?'"
_RECEIVED = (
    r"received (?:the value )?'?(?P<wanted>[^'\n]*?)'?(?: of type '\w+')? "
    r"but current is (?:the value )?'?(?P<actual>[^'\"\n]*)"
)
"""RabbitMQ 4.3 and the built-in broker say 'quorum' where 3.10 says: the value 'quorum' of type 'longstr'."""

SETTLING = (
    Mistake(
        name="unknown delivery tag",
        pattern=re.compile(r"PRECONDITION_FAILED - unknown delivery tag (?P<tag>\d+)"),
        example="406 PRECONDITION_FAILED - unknown delivery tag 1",
        what="The worker acked delivery $tag, and the broker knows of no such delivery on this channel.",
        meaning=(
            "One of three: it was acked, nacked or rejected before (a double ack); the worker consumes "
            "with auto_ack=True, so the broker had forgotten it as soon as it was sent; or it was "
            "delivered on another channel, for example before a reconnect. The channel is closed, and "
            "all that is un-acked on it goes back to the queue."
        ),
        pika_line="ch.basic_ack(delivery_tag=method.delivery_tag)  # a second time, or with auto_ack=True",
        way_out=(
            "Ack each delivery once, on the channel that it came on, and never with auto_ack=True. After a "
            "reconnect forget the old tags: the broker redelivers."
        ),
    ),
    Mistake(
        name="delivery acknowledgement timed out",
        pattern=re.compile(r"delivery acknowledgement on channel (?P<channel>\d+) timed out"),
        example=(
            "406 PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: "
            "1800000 ms. This timeout value can be configured, see consumers doc guide to learn more"
        ),
        what="The worker kept a message for longer than the broker's consumer timeout without acking it.",
        meaning=(
            "The broker takes such a worker for stuck (30 minutes by default). The channel is closed, "
            "and all that is un-acked on it is redelivered, so the work may be done twice."
        ),
        pika_line="time.sleep(3600)  # in the callback, with the ack after it, or no ack at all",
        way_out=(
            "Do not forget the ack. Cut long work into shorter tasks, or have consumer_timeout raised in "
            "rabbitmq.conf."
        ),
    ),
    Mistake(
        name="cancelled by the broker",
        pattern=re.compile(r"broker cancelled the consumer|basic\.cancel\b|Basic\.Cancel\b"),
        example="its queue was deleted: the broker cancelled the consumer",
        what="The broker took the worker off its queue (basic.cancel).",
        meaning=(
            "Its queue was deleted, or, on RabbitMQ 4.3 and later, the worker kept a message of a "
            "quorum queue for longer than the consumer timeout. The connection is fine; pika's "
            "start_consuming() just returns, with no error."
        ),
        pika_line="channel.queue_delete(queue='task_queue')  # by anybody, while others consume from it",
        way_out=(
            "Listen for it with channel.add_on_cancel_callback, then declare the queue and consume again. "
            "Here: restart the worker."
        ),
    ),
)

DECLARING = (
    Mistake(
        name="inequivalent argument of a queue",
        pattern=re.compile(rf"inequivalent arg '(?P<argument>x-.*?)' for {_QUEUE}: {_RECEIVED}"),
        example=(
            "406 PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'hello' in vhost '/': "
            "received none but current is the value 'quorum' of type 'longstr'"
        ),
        what="The queue $queue is there already, declared with another $argument.",
        meaning=(
            "Wanted: $wanted. It is: $actual (none: not given). A queue cannot be changed by declaring "
            "it again; the channel is closed, and the queue stays as it was."
        ),
        pika_line="channel.queue_declare(queue='$queue', arguments={'$argument': …})  # not as at first",
        way_out=(
            "Declare it everywhere as it is ($argument: $actual); or take another name; or delete it, with "
            "the messages in it, and declare it anew."
        ),
    ),
    Mistake(
        name="inequivalent property of a queue",
        pattern=re.compile(rf"inequivalent arg '(?P<argument>.*?)' for {_QUEUE}: {_RECEIVED}"),
        example=(
            "406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'hello' in vhost '/': "
            "received 'true' but current is 'false'"
        ),
        what="The queue $queue is there already, and is declared with another value of $argument.",
        meaning=(
            "Wanted: $wanted. It is: $actual. A queue cannot be changed by declaring "
            "it again; the channel is closed, and the queue stays as it was."
        ),
        pika_line="channel.queue_declare(queue='$queue', $argument=…)  # now $wanted, at first $actual",
        way_out=(
            "Declare it everywhere as it is ($argument: $actual); or take another name; or delete it, with "
            "the messages in it, and declare it anew."
        ),
    ),
    Mistake(
        name="inequivalent argument of an exchange",
        pattern=re.compile(
            r"inequivalent arg '(?P<argument>.*?)' for exchange '(?P<exchange>.*?)' in vhost '.*?': "
            + _RECEIVED
        ),
        example=(
            "406 PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'logs' in vhost '/': "
            "received 'direct' but current is 'fanout'"
        ),
        what="The exchange $exchange is there already, with another $argument.",
        meaning="Wanted: $wanted. It is: $actual. An exchange cannot be changed by declaring it again.",
        pika_line="channel.exchange_declare('$exchange', …)  # $argument: now $wanted, at first $actual",
        way_out="Declare it everywhere as it is, or take another name.",
    ),
    Mistake(
        name="quorum queue that is not durable",
        pattern=re.compile(rf"invalid property 'non-durable' for {_QUEUE}"),
        example="406 PRECONDITION_FAILED - invalid property 'non-durable' for queue 'hello' in vhost '/'",
        what="$queue was to be a quorum queue that is not durable.",
        meaning=(
            "A quorum queue is always on disk, on several nodes if there are some. pika's default is False."
        ),
        pika_line="channel.queue_declare(queue='$queue', arguments={'x-queue-type': 'quorum'})",
        way_out="Add durable=True, or leave x-queue-type out for a classic queue.",
    ),
    Mistake(
        name="quorum queue that is exclusive",
        pattern=re.compile(rf"invalid property '(?P<property>exclusive.*?|auto-delete)' for {_QUEUE}"),
        example="406 PRECONDITION_FAILED - invalid property 'exclusive-owner' for queue 'hello' in vhost '/'",
        what="$queue was to be a quorum queue that goes with its connection or its last worker.",
        meaning="A quorum queue is made to outlive those who use it: it cannot be exclusive.",
        pika_line=(
            "channel.queue_declare(queue='$queue', exclusive=True, durable=True, "
            "arguments={'x-queue-type': 'quorum'})"
        ),
        way_out="Leave exclusive out, or x-queue-type.",
    ),
    Mistake(
        name="argument that this type of queue does not have",
        pattern=re.compile(
            rf"invalid arg '(?P<argument>.*?)' for {_QUEUE} of queue type rabbit_(?P<type>\w+?)_queue"
        ),
        example=(
            "406 PRECONDITION_FAILED - invalid arg 'x-delivery-limit' for queue 'hello' in vhost '/' of"
            " queue type rabbit_classic_queue"
        ),
        what="A $type queue has no $argument, and $queue was to be one.",
        meaning="Classic and quorum queues know different arguments; x-delivery-limit is for quorum queues.",
        pika_line="channel.queue_declare(queue='$queue', durable=True, arguments={'$argument': …})",
        way_out="Leave $argument out, or choose the other x-queue-type.",
    ),
    Mistake(
        name="argument with a value that makes no sense",
        pattern=re.compile(rf"invalid arg '(?P<argument>.*?)' for {_QUEUE}: (?P<problem>[^\n]*)"),
        example=(
            "406 PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue 'hello' in vhost '/': "
            "{value_negative,-3}"
        ),
        what="The queue $queue was to be declared with a value of $argument that it cannot have.",
        meaning="The broker's reason: $problem. Nothing was declared.",
        pika_line="channel.queue_declare(queue='$queue', arguments={'$argument': …})",
        way_out=(
            "Look up what $argument takes: numbers are whole, times are in milliseconds, types are strings."
        ),
    ),
    Mistake(
        name="queue that is not empty or in use",
        pattern=re.compile(rf"{_QUEUE} (?P<state>not empty|in use)"),
        example="406 PRECONDITION_FAILED - queue 'hello' in vhost '/' not empty",
        what="The queue $queue was not deleted: it is $state.",
        meaning="It was to be deleted only if it is empty, or only if nobody consumes from it.",
        pika_line="channel.queue_delete(queue='$queue', if_empty=True)  # or if_unused=True",
        way_out="Wait until it is empty and its workers have gone, or leave the condition out.",
    ),
    Mistake(
        name="queue name that is reserved",
        pattern=re.compile(r"queue name '(?P<queue>.*?)' contains reserved prefix"),
        example="403 ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'",
        what="A queue was to be named $queue.",
        meaning=(
            "Names that begin with amq. belong to the broker: it gives them to queues declared without "
            "a name."
        ),
        pika_line="channel.queue_declare(queue='$queue')",
        way_out="Take a name that does not begin with amq., or '' and let the broker choose one.",
    ),
    Mistake(
        name="switch between confirms and transactions",
        pattern=re.compile(r"cannot switch from (?P<old>\w+) to (?P<new>\w+) mode"),
        example="406 PRECONDITION_FAILED - cannot switch from confirm to tx mode",
        what="A channel with $old was to have $new too.",
        meaning=(
            "Confirms and transactions are two ways to the same certainty; a channel has one of them, "
            "for good."
        ),
        pika_line="channel.confirm_delivery(); channel.tx_select()",
        way_out="Use confirms, or another channel.",
    ),
)

FINDING = (
    Mistake(
        name="no such queue",
        pattern=re.compile(rf"NOT_FOUND - no {_QUEUE}"),
        example="404 NOT_FOUND - no queue 'task_queue' in vhost '/'",
        what="There is no queue $queue.",
        meaning=(
            "It was never declared there, its name is misspelt, or it is gone: a queue that is not "
            "durable does not outlive a restart of the broker."
        ),
        pika_line="channel.basic_consume(queue='$queue', on_message_callback=callback)  # before any declare",
        way_out=(
            "Declare it first, in the producer and in the worker, in the same words; durable=True to keep it."
        ),
    ),
    Mistake(
        name="no such exchange",
        pattern=re.compile(r"NOT_FOUND - no exchange '(?P<exchange>.*?)' in vhost"),
        example="404 NOT_FOUND - no exchange 'logs' in vhost '/'",
        what="There is no exchange $exchange.",
        meaning=(
            "The message is gone. The publish itself raises nothing: the channel is closed a moment "
            "later, and only the next call on it fails."
        ),
        pika_line="channel.basic_publish(exchange='$exchange', routing_key='hello', body=b'…')",
        way_out=(
            "Declare the exchange first, or use exchange='', the default one, whose routing keys are "
            "the names of queues."
        ),
    ),
    Mistake(
        name="queue that belongs to another connection",
        pattern=re.compile(rf"RESOURCE_LOCKED - cannot obtain exclusive access to locked {_QUEUE}"),
        example=(
            "405 RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'hello' in vhost '/'."
            " It could be originally declared on another connection or the exclusive property value "
            "does not match that of the original declaration."
        ),
        what="The queue $queue is exclusive to another connection, or was to be made so too late.",
        meaning="Only the connection that declared it may use it; it is deleted when that connection ends.",
        pika_line="channel.queue_declare(queue='$queue', exclusive=True)  # on one of two connections",
        way_out="Leave exclusive=True out: workers are connections of their own and must share the queue.",
    ),
    Mistake(
        name="queue with an exclusive consumer",
        pattern=re.compile(rf"ACCESS_REFUSED - {_QUEUE} in exclusive use"),
        example="403 ACCESS_REFUSED - queue 'hello' in vhost '/' in exclusive use",
        what="The queue $queue has one consumer that wants to be the only one, or has others already.",
        meaning="An exclusive consumer tolerates no second one, and cannot become one where another is.",
        pika_line="channel.basic_consume(queue='$queue', on_message_callback=callback, exclusive=True)",
        way_out="Leave exclusive=True out if several workers are to share the work.",
    ),
    Mistake(
        name="no permission",
        pattern=re.compile(
            r"access to (?P<thing>\w+ '.*?') in vhost '(?P<vhost>.*?)' refused for user '(?P<user>.*?)'"
        ),
        example="403 ACCESS_REFUSED - access to queue 'hello' in vhost '/' refused for user 'pupil'",
        what="The user $user may not do that to the $thing.",
        meaning=(
            "A user may configure, write to and read from only what matches the three patterns of "
            "permissions."
        ),
        pika_line="channel.queue_declare(queue=…)  # or basic_publish, basic_consume: as user $user",
        way_out="Have permission given: rabbitmqctl set_permissions -p $vhost $user '.*' '.*' '.*'.",
    ),
    Mistake(
        name="default exchange",
        pattern=re.compile(r"operation not permitted on the default exchange"),
        example="403 ACCESS_REFUSED - operation not permitted on the default exchange",
        what="Something was to be bound to, or changed about, the default exchange.",
        meaning="Every queue is bound to it by its own name, and that is all it does.",
        pika_line="channel.queue_bind(queue='hello', exchange='', routing_key='key')",
        way_out="Publish with exchange='' and routing_key= the queue's name; declare an exchange for more.",
    ),
)

PUBLISHING = (
    Mistake(
        name="message that no queue wanted",
        pattern=re.compile(r"NO_ROUTE|unroutable message"),
        example="312 NO_ROUTE",
        what="A message came back: no queue is bound for its routing key (basic.return).",
        meaning=(
            "The name of the queue is misspelt, or nobody has declared it. Without mandatory=True the broker "
            "would have thrown the message away without a word, and confirmed it."
        ),
        pika_line=(
            "channel.basic_publish(exchange='', routing_key='no_such_queue', body=b'…', mandatory=True)"
        ),
        way_out="Declare the queue before publishing, and check how its name is spelt.",
    ),
    Mistake(
        name="message that the broker did not take",
        pattern=re.compile(r"message\(s\) NACKed|NackError"),
        example="1 message(s) NACKed",
        what="The broker would not take a message (basic.nack instead of a confirm).",
        meaning=(
            "The queue is full, and is declared with x-overflow reject-publish; or the broker failed to"
            " save it."
        ),
        pika_line="channel.basic_publish(exchange='', routing_key='full_queue', body=b'…')  # with confirms",
        way_out="Let workers make room, then publish it again; the broker does not have it.",
    ),
    Mistake(
        name="message that is too large",
        pattern=re.compile(r"message size (?P<size>\d+) is larger than"),
        example=(
            "406 PRECONDITION_FAILED - message size 200000000 is larger than configured max size 134217728"
        ),
        what="A message of $size bytes was larger than the broker takes.",
        meaning="The limit is max_message_size: 128 MiB, from RabbitMQ 4.0 on 16 MiB. The channel is closed.",
        pika_line="channel.basic_publish(exchange='', routing_key='hello', body=bytes(200_000_000))",
        way_out="Store what is large elsewhere, and publish where it is.",
    ),
    Mistake(
        name="channel that is closed",
        pattern=re.compile(
            r"Channel is closed|Channel allocation requires an open connection|Connection is closed"
        ),
        example="Channel is closed.",
        what="Something was asked on a channel, or a connection, that is closed already.",
        meaning=(
            "This is not the mistake itself: the broker closed the channel a moment before, for a call "
            "that raised nothing, as basic_ack or basic_publish. pika forgets the broker's reason; "
            "WorkQ keeps it, in the log."
        ),
        pika_line="ch.basic_ack(method.delivery_tag)  # the call after the one that was wrong",
        way_out=(
            "Look for the broker's words before this, and mend the call that they are about. A closed "
            "channel stays closed: open another one."
        ),
    ),
)

CHANNEL_MISTAKES = SETTLING + DECLARING + FINDING + PUBLISHING

"""tx: publishes and acks that count together, or not at all."""

from pamqp.commands import Confirm, Tx

from tests.conformance.client import Channel, Client


def _select(client: Client) -> tuple[Channel, str]:
    channel = client.channel()
    queue = channel.declare()
    channel.call(Tx.Select())
    return channel, queue


def a_publish_counts_from_commit_on(client: Client):
    channel, queue = _select(client)
    channel.publish(queue, b"1")
    client.settle()
    channel.count(queue)
    channel.commit()
    client.settle()
    channel.drain(queue)


def a_publish_is_taken_back(client: Client):
    channel, queue = _select(client)
    channel.publish(queue, b"1")
    channel.call(Tx.Rollback())
    channel.publish(queue, b"2")
    channel.commit()
    client.settle()
    channel.drain(queue)


def a_channel_that_closes_takes_back(client: Client):
    channel, queue = _select(client)
    channel.publish(queue, b"1")
    channel.close()
    client.settle()
    channel.connection.channel().drain(queue)


def an_ack_counts_from_commit_on(client: Client):
    channel, queue = _select(client)
    with channel.beside() as other:
        other.publish_each(queue, b"1", b"2")
    client.settle()
    channel.get(queue)
    channel.ack(1)
    channel.commit()
    channel.close()
    client.settle()
    channel.connection.channel().drain(queue)


def an_ack_is_taken_back(client: Client):
    channel, queue = _select(client)
    with channel.beside() as other:
        other.publish_each(queue, b"1", b"2")
    client.settle()
    channel.get(queue)
    channel.ack(1)
    channel.call(Tx.Rollback())
    channel.close()
    client.settle()
    channel.connection.channel().drain(queue)


def after_rollback_the_tag_can_be_acked_again(client: Client):
    channel, queue = _select(client)
    with channel.beside() as other:
        other.publish(queue, b"1")
    client.settle()
    channel.get(queue)
    channel.ack(1)
    channel.call(Tx.Rollback())
    channel.ack(1)
    channel.commit()
    client.settle()


def an_ack_twice_in_one_transaction_is_refused(client: Client):
    channel, queue = _select(client)
    with channel.beside() as other:
        other.publish(queue, b"1")
    client.settle()
    channel.get(queue)
    channel.ack(1)
    channel.ack(1)
    channel.expect()


def a_nack_counts_from_commit_on(client: Client):
    channel, queue = _select(client)
    with channel.beside() as other:
        other.publish_each(queue, b"1", b"2")
    client.settle()
    channel.get(queue)
    channel.nack(1)
    client.settle()
    channel.count(queue)
    channel.commit()
    client.settle()
    channel.drain(queue)


def an_unacked_limit_is_freed_by_commit(client: Client):
    channel, queue = _select(client)
    with channel.beside() as other:
        other.publish_each(queue, b"1", b"2")
    channel.qos(1)
    channel.consume(queue, "c")
    channel.expect()
    channel.ack(1)
    client.settle()
    channel.commit()
    client.settle()


def a_return_comes_with_the_commit(client: Client):
    channel, _ = _select(client)
    channel.publish(client.name("nowhere"), b"1", mandatory=True)
    client.settle()
    channel.send(Tx.Commit())
    channel.expect()
    channel.expect()


def a_missing_exchange_is_found_at_the_publish(client: Client):
    channel, _ = _select(client)
    channel.publish("k", b"1", to=client.name("missing"))
    channel.expect()


def select_twice_is_fine(client: Client):
    channel, queue = _select(client)
    channel.publish(queue, b"1")
    channel.call(Tx.Select())
    channel.commit()
    client.settle()
    channel.drain(queue)


def commit_without_select_is_refused(client: Client):
    client.channel().commit()


def rollback_without_select_is_refused(client: Client):
    client.channel().call(Tx.Rollback())


def commit_of_nothing(client: Client):
    channel, _ = _select(client)
    channel.commit()


def tx_after_confirm_is_refused(client: Client):
    channel = client.channel()
    channel.confirm()
    channel.call(Tx.Select())


def confirm_after_tx_is_refused(client: Client):
    channel, _ = _select(client)
    channel.call(Confirm.Select())


def commit_of_persistent_messages(client: Client):
    channel = client.channel()
    queue = channel.declare(durable=True)
    channel.call(Tx.Select())
    channel.publish_each(queue, b"1", b"2", delivery_mode=2)
    channel.commit()
    client.settle()
    channel.drain(queue)

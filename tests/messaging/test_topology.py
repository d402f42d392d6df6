"""What is said when a queue is declared, and what its type means for a task that comes back."""

import pytest

from workq_gui.core.queue_settings import QueueSettings
from workq_gui.messaging.topology import NO_LIMIT, QueueSpec, delivery_rules


def test_a_plain_queue_has_no_arguments():
    assert QueueSpec("tasks").arguments == {}


def test_what_is_rejected_goes_to_the_dead_letter_queue_by_the_default_exchange():
    assert QueueSpec("tasks", QueueSettings(dead_letter_to="failed")).arguments == {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "failed",
    }


def test_a_quorum_queue_says_so_with_its_limit():
    assert QueueSpec("tasks", QueueSettings(queue_type="quorum", delivery_limit=3)).arguments == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 3,
    }


def test_a_quorum_queue_says_how_long_a_task_may_be_kept_in_milliseconds():
    assert QueueSpec("tasks", QueueSettings(queue_type="quorum", consumer_timeout_s=1.5)).arguments == {
        "x-queue-type": "quorum",
        "x-consumer-timeout": 1500,
    }


@pytest.mark.parametrize(
    ("product", "how", "rules"),
    [
        ("RabbitMQ 3.10.8", QueueSettings(), (NO_LIMIT, False)),
        ("RabbitMQ 3.10.8", QueueSettings(queue_type="quorum"), (NO_LIMIT, True)),
        ("RabbitMQ 3.10.8", QueueSettings(queue_type="quorum", delivery_limit=3), (3, True)),
        ("RabbitMQ 4.0.5", QueueSettings(queue_type="quorum"), (20, True)),
        ("RabbitMQ 4.3.6", QueueSettings(queue_type="quorum"), (20, False)),
        ("WorkQ 1.0.0", QueueSettings(queue_type="quorum"), (20, False)),
    ],
)
def test_what_counts_against_the_delivery_limit_depends_on_the_broker(product, how, rules):
    assert delivery_rules(product, QueueSpec("tasks", how)) == rules

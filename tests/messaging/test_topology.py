"""What is said when a queue is declared."""

from workq_gui.messaging.topology import QueueSpec


def test_a_plain_queue_has_no_arguments():
    assert QueueSpec("tasks").arguments == {}


def test_what_is_rejected_goes_to_the_dead_letter_queue_by_the_default_exchange():
    assert QueueSpec("tasks", "failed").arguments == {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "failed",
    }

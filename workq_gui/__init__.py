"""WorkQ: RabbitMQ work queues, seen as they really are."""

__version__ = "0.1.0"

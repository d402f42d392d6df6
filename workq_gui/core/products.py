"""What a broker can do, by what it says that it is: no broker tells such things by itself."""

import re

NEWEST = (4, 3)
"""The version of RabbitMQ whose rules the built-in broker follows."""


def version_of(product: str) -> tuple[int, int]:
    """Return the version of RabbitMQ whose rules hold for a broker that calls itself `product`."""
    found = re.fullmatch(r"RabbitMQ (\d+)\.(\d+).*", product)
    return (int(found[1]), int(found[2])) if found else NEWEST


def keeps_time(product: str) -> bool:
    """Tell whether its quorum queues take a task from a consumer that keeps it for longer than it may.

    Older ones look once a minute only, and no such time is shorter than that.
    """
    return version_of(product) >= (4, 3)

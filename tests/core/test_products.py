"""What a broker's name and version tell of it."""

import pytest

from workq_gui.core.products import keeps_time, version_of


@pytest.mark.parametrize(
    ("product", "version", "keeps"),
    [
        ("RabbitMQ 3.10.8", (3, 10), False),
        ("RabbitMQ 4.0.5", (4, 0), False),
        ("RabbitMQ 4.3.6", (4, 3), True),
        ("RabbitMQ 4.10.0-rc.1", (4, 10), True),
        ("WorkQ 1.0.0", (4, 3), True),
        ("unknown broker", (4, 3), True),
    ],
)
def test_the_rules_of_a_broker_are_those_of_its_version(product, version, keeps):
    assert (version_of(product), keeps_time(product)) == (version, keeps)

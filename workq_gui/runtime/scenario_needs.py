"""What a scenario needs of the broker, told before anything happens."""

from workq_gui.core.products import keeps_time
from workq_gui.core.scenario import Scenario
from workq_gui.runtime.own_broker import OwnBroker
from workq_gui.runtime.own_cluster import OwnCluster


def what_lacks(scenario: Scenario, own_broker: OwnBroker | None, product: str) -> str:
    """Return why the scenario cannot be played here, in words; empty if it can.

    Args:
        scenario: The one to be played.
        own_broker: The broker that it may kill and restart, or None.
        product: What the broker says that it is; empty if that is not known yet.
    """
    if scenario.needs_own_broker and own_broker is None:
        return (
            f"“{scenario.title}” restarts the broker, and this is not WorkQ's own. "
            "Begin WorkQ without --broker, or with --broker rabbitmq."
        )
    if scenario.needs_cluster and not isinstance(own_broker, OwnCluster):
        return (
            f"“{scenario.title}” kills a node of a cluster, and this broker is none of WorkQ's own. "
            "Begin WorkQ with --broker cluster; RabbitMQ must be installed for that."
        )
    if scenario.needs_consumer_timeout and product and not keeps_time(product):
        return (
            f"“{scenario.title}” needs a consumer timeout of seconds, and this is {product}, which looks "
            "once a minute only. Begin WorkQ without --broker, or with a RabbitMQ 4.3 or later."
        )
    return ""

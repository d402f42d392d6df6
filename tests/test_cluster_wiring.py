"""The second window, with a cluster."""

import pytest

from workq_gui.cluster_wiring import window_words
from workq_gui.command_line import CLUSTER, parse


@pytest.mark.parametrize("theme", ["system", "light"])
def test_the_second_window_is_this_program_with_a_cluster_in_the_same_look(theme):
    words = window_words(theme)
    options = parse(words)
    assert (options.own_broker, options.endpoint, options.theme) == (CLUSTER, None, theme)


def test_several_hosts_can_be_named_on_the_command_line():
    endpoint = parse(["--broker", "amqp://a,b:5673"]).endpoint
    assert str(endpoint) == "amqp://a:5672,b:5673"

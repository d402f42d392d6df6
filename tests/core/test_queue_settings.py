"""Which settings of a queue go together."""

import pytest

from workq_gui.core.queue_settings import QueueSettings
from workq_gui.core.settings import SettingError


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (QueueSettings(queue_type="quorum", durable=False), "always durable"),
        (QueueSettings(queue_type="stream"), "classic or quorum"),
        (QueueSettings(delivery_limit=3), "no delivery limit"),
        (QueueSettings(queue_type="classic", delivery_limit=3), "no delivery limit"),
        (QueueSettings(consumer_timeout_s=3), "no consumer timeout"),
    ],
)
def test_what_does_not_go_together_is_refused_in_words(how, reason):
    with pytest.raises(SettingError, match=reason):
        how.check()


@pytest.mark.parametrize("how", [QueueSettings(), QueueSettings(queue_type="quorum", delivery_limit=3)])
def test_what_goes_together_is_returned(how):
    assert how.check() is how

"""What all tests of widgets have in common."""

import pytest

from workq_gui.ui.theme import set_zoom


@pytest.fixture(autouse=True)
def as_designed(qapp):
    """Leave no zoom to the next test: it belongs to the whole program."""
    yield
    set_zoom(1.0)

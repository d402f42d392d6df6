"""The vocabulary's promises."""

import dataclasses
import typing

import pytest

from workq_gui.core import events
from workq_gui.core.event_lines import FACTS
from workq_gui.core.verdicts import VERDICTS

FLAT = {str, int, float, bool}


def plain(kind: object) -> object:
    return getattr(kind, "__supertype__", kind)  # NewType


@pytest.mark.parametrize("kind", [*FACTS.values(), *VERDICTS])
def test_fields_are_flat_so_that_a_recording_is_a_line_of_json(kind):
    hints = typing.get_type_hints(kind)
    assert all(plain(hint) in FLAT for hint in hints.values())


@pytest.mark.parametrize("kind", [*FACTS.values(), *VERDICTS])
def test_an_event_cannot_be_changed(kind):
    event = kind(**dict.fromkeys(typing.get_type_hints(kind)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.at_ns = 1


def test_every_event_says_what_it_is():
    kinds = [
        kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, events.Event)
    ]
    assert len(kinds) > 25
    assert all(kind.__doc__ and not kind.__doc__.startswith(kind.__name__ + "(") for kind in kinds)

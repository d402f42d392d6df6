"""What two states come to, to be compared by value.

Each projection as a tree of plain values: all its attributes, whatever they are called and however deep,
in the order that they have in it. Left out is what says how copies share memory, and no more.
"""

import dataclasses
from collections import deque
from enum import Enum
from typing import Any

from workq_gui.core.projections.task_table import TaskTable
from workq_gui.core.state import State

PLAIN = (str, int, float, bool, bytes, type(None), type, Enum)
SHARING = ("_own_parts",)


def value_of(state: State) -> dict[str, Any]:
    """Return all that `state` tells, by the name of the projection that tells it."""
    values = {type(projection).__name__: tree(projection) for projection in state._projections}
    return {"applied_count": state.applied_count, **values}


def tree(thing: Any) -> Any:
    """Return `thing` as plain values that can be compared."""
    if isinstance(thing, PLAIN):
        return thing
    if isinstance(thing, TaskTable):
        return thing.known_count, [tree(entry) for entry in thing.values()]
    if isinstance(thing, dict):
        return [(tree(key), tree(value)) for key, value in thing.items()]
    if isinstance(thing, (list, tuple, deque)):
        return [tree(item) for item in thing]
    if isinstance(thing, (set, frozenset)):
        return sorted((tree(item) for item in thing), key=repr)
    if dataclasses.is_dataclass(thing):
        names = [field.name for field in dataclasses.fields(thing)]
    else:
        names = [name for name in vars(thing) if name not in SHARING]
    return type(thing).__name__, [(name, tree(getattr(thing, name))) for name in names]

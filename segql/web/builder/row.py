"""What a row of a form is, and what the families of rows share."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from segql.compiler.ast.base import Condition
from segql.compiler.catalog.model import Channel
from segql.compiler.conditions.how_often import Operator
from segql.web.builder.operators import number_of
from segql.web.builder.parts import IncompleteError, Part
from segql.web.builder.windows import read_window

CHANNELS: tuple[Channel, ...] = get_args(Channel)
OFTEN: tuple[Operator, ...] = get_args(Operator)
Values = dict[str, list[str]]


@dataclass(frozen=True)
class Below:
    """What the parts below a row say: the `where` of its events or items, the steps after it, what is compared,
    whom a rank is among."""

    where: Any = None
    steps: tuple[Any, ...] = ()
    operands: tuple[Any, ...] = ()
    among: Any = None


class Row(NamedTuple):
    """A family of conditions in a form. `read`: its fields; None where it has none for a condition. `write`: the
    condition of a part and of what stands below it, None where something is missing below; raises IncompleteError."""

    label: str
    read: Callable[[Condition], Values | None]
    write: Callable[[Part, Below], Condition | None]


def with_window(head: Values, window: object) -> Values | None:
    """The fields and those of a window; None where a form has none for it."""
    found = read_window(window)
    return None if found is None else head | found


def named(part: Part, name: str, what: str) -> str:
    """A value that has to be chosen. Raises IncompleteError."""
    if not part.get(name):
        raise IncompleteError(f"choose {what}")
    return part.get(name)


def channel_of(part: Part, name: str = "channel") -> Channel:
    """The channel of a row; the first one where it has none."""
    return next((one for one in CHANNELS if one == part.get(name)), CHANNELS[0])


def decimal_of(part: Part, name: str) -> Decimal:
    """A number of a row. Raises IncompleteError."""
    return number_of(part.get(name)).value

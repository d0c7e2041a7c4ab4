"""Who uses which stored segment: other segments, themselves or by a segment or a `define` that they are made of."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segql.compiler.catalog.model import Catalog
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.pipeline import compile
from segql.compiler.text import quoted


@dataclass(frozen=True, slots=True)
class User:
    """What uses a segment."""

    kind: Literal["segment", "campaign", "flow"]
    name: str

    def __str__(self) -> str:
        return f"the {self.kind} {quoted(self.name)}"


Users = Mapping[str, tuple[User, ...]]
"""By the name of a segment as the catalog has it, who uses it."""


def users_of_segments(catalog: Catalog) -> Users:
    """Which segments use each segment, in the catalog's order. One that no longer compiles uses nothing."""
    users: dict[str, tuple[User, ...]] = defaultdict(tuple)
    for segment in catalog.segments:
        try:
            used = compile(f"in segment {quoted(segment.name)}", catalog).reads.segments
        except DefinitionError:
            continue
        for name in used:
            if name != segment.name:
                users[name] += (User("segment", segment.name),)
    return dict(users)

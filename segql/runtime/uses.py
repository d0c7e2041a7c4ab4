"""Who uses which stored segment: other segments, themselves or by a segment or a `define` that they are made of. Campaigns
and flows are found in `uses_in_sms.py`."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from segql.compiler.catalog.model import Catalog
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.pipeline import compile
from segql.compiler.text import quoted
from segql.runtime.named import segments_named


@dataclass(frozen=True, slots=True)
class User:
    """What uses a segment. `campaign_id`: by which a campaign or a flow is asked for."""

    kind: Literal["segment", "campaign", "flow"]
    name: str
    campaign_id: int | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"the {self.kind} {quoted(self.name)}"


Users = Mapping[str, tuple[User, ...]]
"""By the name of a segment as the catalog has it, who uses it."""


@dataclass(frozen=True)
class Uses:
    """Which stored segments use which, and the names of those that no longer hold, each with what is wrong."""

    users: Users
    broken: Mapping[str, DefinitionError]


def users_of_segments(catalog: Catalog) -> Users:
    """Which segments use each segment, in the catalog's order."""
    return KeptUses().of(catalog).users


@dataclass(frozen=True, slots=True)
class _Read:
    """What compiling a segment found: the segments that it reads, and why it does not hold, where it does not."""

    name: str
    definition: str
    reads: tuple[str, ...]
    fault: DefinitionError | None


class KeptUses:
    """The uses of a catalog's segments, found again only for those whose meaning may have changed: compiling hundreds takes
    long.

    Postal codes are too many to compare: what is broken is tried again each time, as it may be for want of one."""

    def __init__(self) -> None:
        self._around: object = None
        self._read: dict[str, _Read] = {}
        self._uses = Uses({}, {})

    def of(self, catalog: Catalog) -> Uses:
        """The uses in a catalog. A segment that no longer holds uses those that its text names."""
        around = _around(catalog)
        kept = self._staying(catalog) if around == self._around else {}
        read = {
            one.name: kept.get(one.name) or _reading(catalog, one.name, one.definition)
            for one in catalog.segments
        }
        if read != self._read or around != self._around:
            self._around, self._read, self._uses = around, read, _uses(read)
        return self._uses

    def _staying(self, catalog: Catalog) -> dict[str, _Read]:
        """What need not be found again: segments that hold and are, with all that they read, what they were."""
        now = {one.name: one.definition for one in catalog.segments}
        same = {name for name, one in self._read.items() if now.get(name) == one.definition}
        return {
            name: self._read[name]
            for name in same
            if self._read[name].fault is None and same.issuperset(self._read[name].reads)
        }


def _reading(catalog: Catalog, name: str, definition: str) -> _Read:
    try:
        reads = compile(f"in segment {quoted(name)}", catalog).reads.segments
    except DefinitionError as error:
        try:
            return _Read(name, definition, segments_named(catalog, definition), error)
        except DefinitionError:
            return _Read(name, definition, (), error)
    return _Read(name, definition, reads, None)


def _uses(read: Mapping[str, _Read]) -> Uses:
    users: dict[str, tuple[User, ...]] = defaultdict(tuple)
    for one in read.values():
        for name in one.reads:
            if name != one.name:
                users[name] += (User("segment", one.name),)
    return Uses(dict(users), {one.name: one.fault for one in read.values() if one.fault is not None})


def _around(catalog: Catalog) -> object:
    """What a definition's meaning depends on besides segments, but for the values that were seen and postal codes."""
    return (
        *(catalog.account, catalog.templates, catalog.lists, catalog.places),
        [attribute.changed(values=(), counts=()) for attribute in catalog.attributes],
        [
            event.changed(properties=tuple(known.changed(values=(), counts=()) for known in event.properties))
            for event in catalog.events
        ],
    )

"""Who uses which stored segment: other segments, themselves or by a segment or a `define` that they are made of;
campaigns and flows."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from segql.compiler.catalog.model import Catalog
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.pipeline import compile
from segql.compiler.text import quoted
from segql.runtime.named import segments_named

if TYPE_CHECKING:
    from segql.runtime.answering import Answering


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


def users_in_sms(store: "Answering") -> Users:
    """The campaigns that wait for their start and the flows that use each segment: those that still take their audience or
    are set off.

    One whose condition no longer holds uses the segments that it names: it may be mended before it starts."""
    users: dict[str, tuple[User, ...]] = defaultdict(tuple)
    for user, texts in _waiting(store):
        for segment in sorted({name for text in texts for name in _read_by(store, text) or ()}):
            users[segment] += (user,)
    return dict(users)


def unreadable_in_sms(store: "Answering") -> tuple[User, ...]:
    """Those of them with a condition that cannot be read at all: nobody knows which segments they use."""
    return tuple(
        user for user, texts in _waiting(store) if any(_read_by(store, text) is None for text in texts)
    )


def _waiting(store: "Answering") -> Iterator[tuple[User, list[str]]]:
    """Campaigns and flows, each with its conditions."""
    with store.database.cursor() as cursor:
        rows = cursor.execute(
            """SELECT campaign_id, kind, name, definition FROM sms_campaigns c
            WHERE CASE kind WHEN 'flow' THEN status <> 'cancelled'
            ELSE status = 'scheduled' OR (status = 'stopped'
              AND NOT EXISTS (FROM sms_messages m WHERE m.campaign_id = c.campaign_id)) END ORDER BY campaign_id"""
        ).fetchall()
    for campaign_id, kind, name, definition in rows:
        said = json.loads(definition)
        texts = [*said.get("include", ()), *said.get("exclude", ()), said.get("only")]
        # What sets a flow off is a name: of a segment that is gone it uses nothing.
        if said.get("segment") is not None and store.catalog.segment(said["segment"]) is not None:
            texts.append(said["segment"])
        yield User(kind, name, campaign_id), [text for text in texts if text is not None]


def _read_by(store: "Answering", text: str) -> tuple[str, ...] | None:
    """The segments that a condition, or the name of a segment, reads; None where it cannot be read."""
    try:
        return store.compile(text).reads.segments
    except DefinitionError:
        try:
            return segments_named(store.catalog, text)
        except DefinitionError:
            return None


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

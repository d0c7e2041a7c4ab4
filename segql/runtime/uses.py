"""Who uses which stored segment: other segments, themselves or by a segment or a `define` that they are made of;
campaigns and flows."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from segql.compiler.catalog.model import Catalog
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.pipeline import compile
from segql.compiler.text import quoted

if TYPE_CHECKING:
    from segql.runtime.answering import Answering


@dataclass(frozen=True, slots=True)
class User:
    """What uses a segment."""

    kind: Literal["segment", "campaign", "flow"]
    name: str

    def __str__(self) -> str:
        return f"the {self.kind} {quoted(self.name)}"


Users = Mapping[str, tuple[User, ...]]
"""By the name of a segment as the catalog has it, who uses it."""


@dataclass(frozen=True)
class Uses:
    """Which stored segments use which, and the names of those that no longer hold, each with what is wrong."""

    users: Users
    broken: Mapping[str, DefinitionError]


def uses_of(catalog: Catalog) -> Uses:
    """What compiling all stored segments tells, in the catalog's order. One that no longer compiles uses nothing."""
    users: dict[str, tuple[User, ...]] = defaultdict(tuple)
    broken = {}
    for segment in catalog.segments:
        try:
            used = compile(f"in segment {quoted(segment.name)}", catalog).reads.segments
        except DefinitionError as error:
            broken[segment.name] = error
            continue
        for name in used:
            if name != segment.name:
                users[name] += (User("segment", segment.name),)
    return Uses(dict(users), broken)


def users_of_segments(catalog: Catalog) -> Users:
    """Which segments use each segment, in the catalog's order."""
    return uses_of(catalog).users


def users_in_sms(store: "Answering") -> Users:
    """The campaigns that wait for their start and the flows that use each segment: those that still take their audience or
    are set off.

    A condition that no longer holds uses nothing: its campaign or flow sends nothing either."""
    with store.database.cursor() as cursor:
        rows = cursor.execute(
            """SELECT kind, name, definition FROM sms_campaigns c WHERE CASE kind WHEN 'flow' THEN status <> 'cancelled'
            ELSE status = 'scheduled' OR (status = 'stopped'
              AND NOT EXISTS (FROM sms_messages m WHERE m.campaign_id = c.campaign_id)) END ORDER BY campaign_id"""
        ).fetchall()
    users: dict[str, tuple[User, ...]] = defaultdict(tuple)
    for kind, name, definition in rows:
        for segment in sorted(set(_named_in(store, json.loads(definition)))):
            users[segment] += (User(kind, name),)
    return dict(users)


def _named_in(store: "Answering", definition: Mapping[str, Any]) -> Iterator[str]:
    """The segments that a campaign or a flow names, and those that they are made of."""
    texts = [*definition.get("include", ()), *definition.get("exclude", ())]
    texts += [definition.get("segment"), definition.get("only")]
    for text in texts:
        if text is not None:
            try:
                yield from store.compile(text).reads.segments
            except DefinitionError:
                continue


class KeptUses:
    """The uses of a catalog's segments, found again only where names have changed: compiling hundreds takes long.

    Postal codes are too many to compare: what is broken is tried again each time, as it may be for want of one."""

    def __init__(self) -> None:
        self._names: object = None
        self._uses = Uses({}, {})

    def of(self, catalog: Catalog) -> Uses:
        """The uses in a catalog."""
        names = _names(catalog)
        if names != self._names or any(_holds(name, catalog) for name in self._uses.broken):
            self._uses, self._names = uses_of(catalog), names
        return self._uses


def _names(catalog: Catalog) -> object:
    """What a definition's meaning depends on, but for the values that were seen and postal codes."""
    return (
        *(catalog.account, catalog.segments, catalog.templates, catalog.lists, catalog.places),
        [attribute.changed(values=()) for attribute in catalog.attributes],
        [
            event.changed(properties=tuple(known.changed(values=()) for known in event.properties))
            for event in catalog.events
        ],
    )


def _holds(name: str, catalog: Catalog) -> bool:
    try:
        compile(f"in segment {quoted(name)}", catalog)
    except DefinitionError:
        return False
    return True

"""The names that can be reached from a place in a definition, and the diagnostics found while looking them up."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from segql.compiler.catalog.model import Account, Catalog, Event, Point, Property, ValueType
from segql.compiler.check.library import Definition, Library, Template
from segql.compiler.diagnostics.codes import Code
from segql.compiler.diagnostics.diagnostic import Diagnostic, Edit, Fix
from segql.compiler.plan.nodes import Metric
from segql.compiler.source import Source, Span
from segql.compiler.text import fold, listing, name_text, nearest, quoted

# What to do where own tables could have something, and the catalog does not say so.
MAP_IT = "name it in the catalog and in its `tables`, or take it out"


@dataclass(frozen=True)
class Scope:
    """Names in reach: a profile's attributes or, inside `where`, the properties of `events`.

    Inside `where` of an item they are the fields of its `items`. `library` finds segments and templates; `within` names
    those whose definitions are being read, so that one that asks for itself is found. `zone`: the definition's own time
    zone. What is wrong is added to `found`; the segments that are used to `used`.
    """

    catalog: Catalog
    source: Source
    library: Library
    events: tuple[Event, ...] | None = None
    items: tuple[Property, ...] | None = None
    zone: str | None = None
    within: tuple[str, ...] = ()
    found: list[Diagnostic] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    @property
    def account(self) -> Account:
        """The account's settings."""
        return self.catalog.account

    def report(
        self,
        code: Code,
        message: str,
        span: Span,
        remedy: str | None = None,
        fixes: tuple[Fix, ...] = (),
        choices: tuple[str, ...] = (),
    ) -> None:
        """Add a diagnostic."""
        self.found.append(Diagnostic(code, message, span, self.source, remedy, fixes, choices))

    def of_events(self, events: Iterable[Event]) -> "Scope":
        """The scope of a `where`."""
        return replace(self, events=tuple(events), items=None)

    def of_items(self, fields: Iterable[Property]) -> "Scope":
        """The scope of a `where` of the objects in a list."""
        return replace(self, items=tuple(fields))

    @contextmanager
    def inside(self, definition: Definition) -> Iterator["Scope"]:
        """The scope of a segment's own definition."""
        self.used.add(definition.name)
        yield replace(
            self,
            source=definition.source,
            events=None,
            zone=definition.zone,
            within=(*self.within, fold(definition.name)),
        )

    def calling(self, template: Template) -> "Scope":
        """The scope of a template's condition, whose problems are kept apart: they are reported where it is called."""
        return replace(self, source=template.source, found=[], within=(*self.within, called(template.name)))

    # ---- Checks: the thing of that name, or None after a diagnostic -------------------------------------------

    def check_value(self, name: str, span: Span, computed: Iterable[str] = ()) -> ValueType | None:
        """The type of an attribute or, inside `where`, of a property or a field. `computed`: what could be meant, too."""
        if self.items is not None:
            return self._check_field(name, span, self.items)
        if self.events is not None:
            return self._check_property(name, span, self.events, computed)
        attribute = self.catalog.attribute(name)
        if attribute is None:
            names = [*(attribute.name for attribute in self.catalog.attributes), *computed]
            self._unknown(Code.SG201, "attribute", name, span, names, bare=True, instead=self._of_event(name))
            return None
        return attribute.type

    def has_value(self, name: str) -> bool:
        """Whether something of that name can be compared here."""
        try:
            return bool(self.type_of(name))
        except LookupError:
            return False

    def check_event(self, name: str, span: Span) -> Event | None:
        """An event."""
        event = self.catalog.event(name)
        if event is None:
            self._unknown(Code.SG202, "event", name, span, [event.name for event in self.catalog.events])
        return event

    def check_list(self, name: str, span: Span) -> str | None:
        """A list's name as the account writes it."""
        tables = self.catalog.tables
        if tables is not None and tables.lists is None:
            self.check_store("lists", span, MAP_IT)
            return None
        found = self.catalog.list_name(name)
        if found is None:
            self._unknown(Code.SG204, "list", name, span, self.catalog.lists)
        return found

    def check_place(self, name: str, span: Span) -> Point | None:
        """A named place of the account."""
        found = self.catalog.place(name)
        if found is None:
            self._unknown(Code.SG206, "place", name, span, self.catalog.places)
        return found

    def check_segment(self, name: str, span: Span) -> Definition | None:
        """A segment that does not ask for itself."""
        if fold(name) in self.within:
            self.report(
                Code.SG207,
                f"the segment {quoted(name)} asks for itself, so nobody can say who is in it",
                span,
                f"it is reached through {listing([*self.within, fold(name)], 'then')}; take one of these conditions out",
            )
            return None
        found = self.library.segment(name)
        if found is None:
            self._unknown(Code.SG205, "segment", name, span, self.library.segment_names())
        return found

    def check_template(self, name: str, span: Span) -> Template | None:
        """A `define` that does not call itself."""
        if called(name) in self.within:
            self.report(
                Code.SG207, f"{name} calls itself, so nobody can say who is meant", span, "take the call out"
            )
            return None
        found = self.library.template(name)
        if found is None:
            self._unknown(Code.SG209, "define", name, span, self.library.template_names(), bare=True)
        return found

    def check_store(
        self, what: str, span: Span, remedy: str = "take it out, or ask a store, which keeps it"
    ) -> None:
        """That a store is asked, where the account's own tables do not have something."""
        if self.catalog.tables is not None:
            self.report(
                Code.SG309,
                f"the account's own tables have no {what}",
                span,
                remedy,
            )

    def _check_field(self, name: str, span: Span, fields: tuple[Property, ...]) -> ValueType | None:
        found = field_of(fields, name)
        if found is None:
            self._unknown(
                Code.SG203, "field of these items", name, span, [item.name for item in fields], bare=True
            )
        return None if found is None else found.type

    def _check_property(
        self, name: str, span: Span, events: tuple[Event, ...], computed: Iterable[str]
    ) -> ValueType | None:
        types = {found.type for event in events if (found := event.property(name)) is not None}
        if not types:
            known = {item.name for event in events for item in event.properties}
            kind = f"property of {listing(quoted(event.name) for event in events)}"
            self._unknown(Code.SG203, kind, name, span, [*sorted(known), *computed], bare=True)
            return None
        if len(types) > 1:
            self.report(
                Code.SG302,
                f"{quoted(name)} is {listing(sorted(types), 'and')} in these events",
                span,
                "ask each event in a condition of its own",
            )
            return None
        return types.pop()

    def _of_event(self, name: str) -> str | None:
        """What to do where the name is no attribute, but can be asked of an event."""
        events = [event.name for event in self.catalog.events if event.property(name) is not None]
        if not events and fold(name) not in ("hour", "weekday"):
            return None
        owner = f"{quoted(events[0])} has it" if events else "events have it"
        return (
            f"{owner}: ask for it behind `where`, with brackets around all that is asked: where (... or ...)"
        )

    def fields_of(self, name: str) -> tuple[Property, ...]:
        """The fields of the objects in a list; none where it is no such list."""
        if self.items is not None:
            inner = field_of(self.items, name)
            return () if inner is None else inner.items
        if self.events is None:
            attribute = self.catalog.attribute(name)
            return () if attribute is None else attribute.items
        found = (event.property(name) for event in self.events)
        return next((item.items for item in found if item is not None and item.items), ())

    def _unknown(
        self,
        code: Code,
        kind: str,
        name: str,
        span: Span,
        known: Iterable[str],
        *,
        bare: bool = False,
        instead: str | None = None,
    ) -> None:
        names = list(known)
        near = () if instead is not None else nearest(name, names)
        fixes = tuple(
            Fix(f"write {written}", (Edit(span, written),))
            for written in (name_text(candidate) if bare else quoted(candidate) for candidate in near[:1])
        )
        if instead is not None:
            remedy = instead
        elif near:
            remedy = f"did you mean {listing(map(quoted, near))}?"
        elif names:
            remedy = f"known: {listing(map(quoted, sorted(names)[:8]), 'and')}" + (
                f" and {len(names) - 8} more" if len(names) > 8 else ""
            )
        else:
            stored = kind in ("segment", "define")
            remedy = "there are none yet: " + (
                "define it in this text, or store it with `segql apply`"
                if stored
                else "import some data first"
            )
        self.report(code, f"there is no {kind} called {quoted(name)}", span, remedy, fixes, tuple(names))

    # ---- Look-ups for lowering, which runs only where the checks found nothing ---------------------------------

    def type_of(self, name: str) -> tuple[str, ValueType]:
        """An attribute's or a property's name as the account writes it, and its type."""
        if self.items is not None:
            field = field_of(self.items, name)
            if field is None:
                raise LookupError(name)
            return field.name, field.type
        if self.events is None:
            attribute = self.catalog.attribute(name)
            if attribute is None:
                raise LookupError(name)
            return attribute.name, attribute.type
        for event in self.events:
            if (found := event.property(name)) is not None:
                return found.name, found.type
        raise LookupError(name)

    def metric(self, name: str) -> Metric:
        """An event as the plan names it."""
        event = self.catalog.event(name)
        if event is None:
            raise LookupError(name)
        return metric_of(event)


def called(name: str) -> str:
    """How `within` tells a template from a segment of the same name."""
    return f"{fold(name)}()"


def field_of(fields: Iterable[Property], name: str) -> Property | None:
    """The field of that name in any case, or None."""
    return next((field for field in fields if fold(field.name) == fold(name)), None)


def metric_of(event: Event) -> Metric:
    """A catalog's event as the plan names it."""
    return Metric(event.name, event.id, event.amount, event.label)

"""What storing a folder of definitions would do: what is new, changed and removed, and who would enter and leave."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from typing import TYPE_CHECKING, Literal

from segql.compiler.catalog.model import Catalog, Segment
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.folder import Folder
from segql.compiler.format import format, format_segment
from segql.compiler.pipeline import compile
from segql.compiler.plan.facts import Refresh
from segql.compiler.text import fold, quoted
from segql.runtime.as_code.moves import Moves, moves_between
from segql.runtime.asking import Cost
from segql.runtime.definitions import (
    Change,
    Writing,
    change_between,
    defines_of,
    refuse_parameters,
    segment_in_use,
    write,
)
from segql.runtime.uses import User, Users, users_of_segments

if TYPE_CHECKING:
    from segql.compiler.compiled import Compiled
    from segql.runtime.answering import Answering

Outcome = Change | Literal["affected", "removed"]


@dataclass(frozen=True)
class Facts:
    """What can be told of a definition: when its answer changes, and how many events it reads."""

    refresh: Refresh
    cost: Cost


@dataclass(frozen=True)
class SegmentChange:
    """What would become of a segment. One is "affected" whose text stays, and which means something else because of what
    it is made of.

    `before`, `after`: what is stored, and what would be; `was`, `will_be`, `moves`: what can be told of that, where
    something changes and the definition holds. `used_by`: who uses it and stays. `same_as`: a stored segment with the
    same condition that the files do not have, where this one is new: perhaps it was renamed."""

    name: str
    change: Outcome
    file: str | None
    before: Segment | None
    after: Segment | None
    was: Facts | None = None
    will_be: Facts | None = None
    moves: Moves | None = None
    used_by: tuple[User, ...] = ()
    same_as: str | None = None

    @property
    def diff(self) -> list[str]:
        """The lines of the canonical text, each behind "+ ", "- " or two blanks."""
        before, after = (format_segment(one) if one else "" for one in (self.before, self.after))
        return text_diff(before, after)


@dataclass(frozen=True)
class DefineChange:
    """What would become of a `define`: its text as it is stored and as it would be; empty where there is none."""

    name: str
    change: Outcome
    file: str | None
    before: str
    after: str

    @property
    def diff(self) -> list[str]:
        """As of a segment."""
        before, after = (format(one) if one else "" for one in (self.before, self.after))
        return text_diff(before, after)


@dataclass(frozen=True)
class Plan:
    """Everything that storing the files would do. `at`: as of when people were counted; `of`: how many there are."""

    at: datetime
    of: int
    segments: tuple[SegmentChange, ...]
    defines: tuple[DefineChange, ...]

    @property
    def changes_anything(self) -> bool:
        """Whether storing them would do anything."""
        outcomes = [one.change for one in self.segments] + [one.change for one in self.defines]
        return any(outcome != "unchanged" for outcome in outcomes)

    def apply(self, store: "Answering", at: datetime, author: str | None = None) -> None:
        """Do it, all or nothing; the store is as it was planned for. `at`: the aware instant of saving."""
        writing = Writing(
            defines={one.name: one.after for one in self.defines if one.change in ("new", "changed")},
            segments=tuple(
                one.after for one in self.segments if one.after and one.change in ("new", "changed")
            ),
            removed_segments=tuple(one.name for one in self.segments if one.change == "removed"),
            removed_defines=tuple(one.name for one in self.defines if one.change == "removed"),
        )
        write(store.database, writing, at, author)


def plan(
    store: "Answering",
    texts: Mapping[str, str],
    at: datetime,
    *,
    prune: bool = False,
    others: Users | None = None,
    people: int = 0,
) -> Plan:
    """What storing files (their texts by their names) would do, with people as of `at` (aware).

    `prune`: what is stored and stands in no file is removed. `others`: who else uses stored segments. `people`: so many
    of those who would enter, and of those who would leave, are named.

    Raises `DefinitionError` where the files, or stored definitions together with them, do not hold, and `StoreError`
    where something that stays uses a segment that would be removed."""
    folder, before = Folder(texts), store.catalog
    require_right(folder, before)
    refuse_parameters(folder)
    using = _together(users_of_segments(folder.over(before)), others or {})
    kept = _pruned(before, folder) if prune else before
    after = folder.over(kept)
    staying = {
        key: tuple(user for user in users if user.kind != "segment" or after.segment(user.name))
        for key, users in using.items()
    }
    for segment in before.segments:
        if after.segment(segment.name) is None and (users := staying.get(fold(segment.name))):
            raise segment_in_use(segment.name, users)
    if prune:
        require_right(folder, kept)
    comparing = _Comparing(store, before, after, at, people)
    files = {placed.key: placed.file for placed in folder.defined}
    return Plan(
        at,
        store.population(),
        tuple(comparing.segments(files, staying)),
        tuple(_define_changes(before, after, files)),
    )


def require_right(folder: Folder, catalog: Catalog) -> None:
    """Raise `DefinitionError` where files do not hold."""
    found = folder.check(catalog)
    if any(diagnostic.severity == "error" for diagnostic in found):
        raise DefinitionError(tuple(found))


def _together(*several: Users) -> dict[str, list[User]]:
    """Who uses a segment, by its folded name: a file may write it in another case than the store."""
    together: dict[str, list[User]] = defaultdict(list)
    for users in several:
        for name, using in users.items():
            together[fold(name)] += using
    return together


def _pruned(catalog: Catalog, folder: Folder) -> Catalog:
    """A catalog without what stands in no file."""
    known = {placed.key for placed in folder.defined}
    return catalog.changed(
        segments=tuple(one for one in catalog.segments if ("segment", fold(one.name)) in known),
        templates=tuple(
            text for name, text in defines_of(catalog).items() if ("define", fold(name)) in known
        ),
    )


@dataclass(frozen=True)
class _Comparing:
    """The stored segments as they are, and as they would be."""

    store: "Answering"
    before: Catalog
    after: Catalog
    at: datetime
    people: int

    def segments(self, files: Mapping[tuple[str, str], str], users: Users) -> Iterator[SegmentChange]:
        """What would become of each, by name."""
        names = {fold(one.name): one.name for one in (*self.before.segments, *self.after.segments)}
        for key, name in sorted(names.items()):
            old, new = self.before.segment(name), self.after.segment(name)
            file = files.get(("segment", key))
            change: Outcome = "removed" if new is None else change_between(old, new)
            was = self._compiled(self.before, old)
            will_be = self._compiled(self.after, new)
            if new is not None and will_be is None and (file is not None or was is not None):
                # What is stored and stands in no file holds no more because of what does.
                compile(_asked(new), self.after)
            if change == "unchanged" and (will_be is None or (was is not None and was.plan == will_be.plan)):
                yield SegmentChange(name, "unchanged", file, old, new)
                continue
            holds = (old is None or was is not None) and (new is None or will_be is not None)
            yield SegmentChange(
                name,
                "affected" if change == "unchanged" else change,
                file,
                old,
                new,
                self._facts(was),
                self._facts(will_be),
                moves_between(self.store.database, was, will_be, self.at, self.people) if holds else None,
                users.get(key, ()),
                self._same_as(new, files) if old is None and new is not None else None,
            )

    def _compiled(self, catalog: Catalog, segment: Segment | None) -> "Compiled | None":
        """A segment of a catalog; None where it does not hold."""
        if segment is None:
            return None
        try:
            return compile(_asked(segment), catalog)
        except DefinitionError:
            return None

    def _facts(self, compiled: "Compiled | None") -> Facts | None:
        if compiled is None:
            return None
        return Facts(compiled.refresh, self.store.cost(compiled, self.at))

    def _same_as(self, new: Segment, files: Mapping[tuple[str, str], str]) -> str | None:
        for old in self.before.segments:
            if old.definition == new.definition and ("segment", fold(old.name)) not in files:
                return old.name
        return None


def _asked(segment: Segment) -> str:
    return f"in segment {quoted(segment.name)}"


def _define_changes(
    before: Catalog, after: Catalog, files: Mapping[tuple[str, str], str]
) -> Iterator[DefineChange]:
    old, new = (
        {fold(name): (name, text) for name, text in defines_of(one).items()} for one in (before, after)
    )
    for key in sorted(old | new):
        (_, was), (_, will_be) = old.get(key, ("", "")), new.get(key, ("", ""))
        name, _ = new.get(key) or old[key]
        change: Outcome = "removed" if not will_be else change_between(was or None, will_be)
        yield DefineChange(name, change, files.get(("define", key)), was, will_be)


def text_diff(before: str, after: str) -> list[str]:
    """The lines of two texts: behind "- " those of the first alone, behind "+ " those of the second, others behind two
    blanks."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=len(before) + len(after))
    return [f"{line[0]} {line[1:]}" for line in list(lines)[3:]]

"""The list of segments as a page shows it: searched, of one tag, sorted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from pydantic import BaseModel

from segql.compiler.catalog.model import Segment
from segql.compiler.text import fold
from segql.runtime.store.sizes import Size
from segql.runtime.uses import User
from segql.runtime.uses_in_sms import users_in_sms
from segql.web.desk import Desk

Sort = Literal["name", "size", "change", "used"]
SORTS: tuple[Sort, ...] = get_args(Sort)


class Wanted(BaseModel):
    """What is asked of the list. `q`: words, all of which occur in a segment; `up`: the least first."""

    q: str = ""
    tag: str = ""
    sort: Sort = "name"
    up: bool = True


@dataclass(frozen=True)
class Row:
    """A segment. `size`: None before its first refresh; `fault`: why it holds no more, where it does not."""

    segment: Segment
    size: Size | None
    users: tuple[User, ...]
    fault: str | None


@dataclass(frozen=True)
class Listed:
    """The rows that are wanted, of `of` segments, with all tags there are. `at`: as of when the newest size is; `counting`:
    whether some wait for their first refresh."""

    rows: list[Row]
    of: int
    tags: list[str]
    population: int
    at: datetime | None
    counting: bool


def read_list(desk: Desk, wanted: Wanted) -> Listed:
    """The list as it is now."""
    store = desk.store
    segments = store.catalog.segments
    uses, in_sms, sizes = store.uses(), users_in_sms(store), store.sizes(desk.clock())
    words = fold(wanted.q).split()
    rows = [
        Row(
            one,
            sizes.get(one.name),
            (*uses.users.get(one.name, ()), *in_sms.get(one.name, ())),
            uses.broken[one.name].diagnostics[0].message if one.name in uses.broken else None,
        )
        for one in segments
        if _has(one, words) and (not wanted.tag or fold(wanted.tag) in map(fold, one.tags))
    ]
    rows.sort(key=lambda row: _key(row, wanted.sort), reverse=not wanted.up)
    tags = {fold(tag): tag for one in reversed(segments) for tag in one.tags}
    return Listed(
        rows,
        len(segments),
        [tags[key] for key in sorted(tags)],
        store.population(),
        max((size.at for size in sizes.values()), default=None),
        any(row.size is None and row.fault is None for row in rows),
    )


def _has(segment: Segment, words: list[str]) -> bool:
    text = fold(" ".join((segment.name, segment.description or "", *segment.tags, segment.owner or "")))
    return all(word in text for word in words)


def _key(row: Row, sort: Sort) -> tuple[float | str, ...]:
    match sort:
        case "name":
            return (fold(row.segment.name),)
        case "size":
            return (row.size.now if row.size else -1,)
        case "change":
            return ((row.size and row.size.change) or 0,)
        case "used":
            return (len(row.users),)

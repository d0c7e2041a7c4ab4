"""What each kind of import writes into the store; orders, which are folded first, have a file of their
own."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.catalog.model import Account
from segql.compiler.text import fold, listing
from segql.runtime.errors import Code, StoreError
from segql.runtime.imports.map import ConsentsMap, EventsMap, Fold, ListsMap, PlacesMap, ProfilesMap, Section
from segql.runtime.imports.reader import Batch, Reader
from segql.runtime.imports.rows import FILE, LINE
from segql.runtime.imports.selection import Selection, Times
from segql.runtime.store.columns import IDENTIFIERS
from segql.runtime.store.consents import record_consents
from segql.runtime.store.events import append_events
from segql.runtime.store.lists import record_joins
from segql.runtime.store.places import save_places, save_postal_codes
from segql.runtime.store.profiles import upsert_profiles
from segql.runtime.store.sql import quoted
from segql.runtime.store.whose import find_or_make

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


class Job(NamedTuple):
    """What every kind needs: the store's transaction, the files' rows, the account, and the instant of the
    import."""

    connection: "duckdb.DuckDBPyConnection"
    reader: Reader
    account: Account
    now: datetime


Written = Iterator[tuple[int, dict[str, int]]]
"""For each batch: how many rows it had, and what was written, by its name."""


def import_profiles(job: Job, section: ProfilesMap) -> Written:
    """Insert and update profiles."""
    attributes = job.connection.execute("SELECT key FROM attributes WHERE type = 'text'").fetchall()
    selection = _selection(job, section, "profiles", plain=[key for (key,) in attributes])
    _need_identifier(selection, "profiles")
    selection.reject_where_missing(selection.identifiers(), f"there is no {_or(selection.identifiers())}")
    query = _folded_people(selection, section.fold) if section.fold else selection.query
    for batch in job.reader.batches(query, selection.used(query)):
        written = upsert_profiles(job.connection, batch.rows, job.account, job.now)
        job.reader.reject(batch.places, written.rejected)
        counts = {"inserted": written.inserted, "updated": written.updated}
        if written.merged:
            counts["merged"] = written.merged
        yield batch.rows.num_rows, counts


def _folded_people(selection: Selection, folds: dict[str, Fold]) -> str:
    """SQL for one row a person, from rows of which many are about one."""
    for name in folds:
        if name not in selection.values:
            raise StoreError(
                Code.BAD_MAP,
                f'The map folds "{name}", which is none of the attributes that are imported.',
                f"They are {_and(selection.values)}.",
            )
    people = [quoted(name) for name in selection.identifiers()]
    place = f"{{file: {quoted(FILE)}, line: {quoted(LINE)}}}"
    columns, joins = [], []
    for position, name in enumerate(name for name in selection.values if quoted(name) not in people):
        column, how = quoted(name), folds.get(name, "last")
        if how != "most frequent":
            columns.append(f"{'arg_min' if how == 'first' else 'arg_max'}({column}, {place}) AS {column}")
            continue
        same = " AND ".join(f"people.{person} IS NOT DISTINCT FROM m{position}.{person}" for person in people)
        columns.append(f"any_value(m{position}.value) AS {column}")
        joins.append(
            f"""LEFT JOIN (SELECT {", ".join(people)}, first(value ORDER BY n DESC, value) AS value FROM (
              SELECT {", ".join(people)}, {column} AS value, count(*) AS n FROM people
              WHERE {column} IS NOT NULL GROUP BY ALL) GROUP BY {", ".join(people)}) m{position} ON {same}"""  # noqa: S608
        )
    grouped = ", ".join(f"people.{person}" for person in people)
    return f"""WITH people AS ({selection.accepted})
        SELECT min({place}).file AS {quoted(FILE)}, min({place}).line AS {quoted(LINE)},
        {", ".join([grouped, *columns])} FROM people {" ".join(joins)} GROUP BY {grouped}
        ORDER BY {quoted(FILE)}, {quoted(LINE)}"""  # noqa: S608


def import_events(job: Job, section: EventsMap) -> Written:
    """Append events, of the one kind that the map names or of those that a column names."""
    selection = _selection(job, section, "events")
    _need_identifier(selection, "events")
    _need(selection, "occurred_at", "events")
    kind = selection.name_of("event")
    if section.event in job.reader.columns:
        raise StoreError(
            Code.BAD_MAP,
            f'The map, at "events.event", names the one kind of all events "{section.event}", which is a column.',
            f'For the kinds that the column says, write columns = {{ event = "{section.event}", ... }} instead.',
        )
    if section.event is None:
        _need(selection, "event", "events")
        selection.reject_where_missing([str(kind)], "it is not said which event it is")
    for batch in job.reader.batches(selection.query, selection.used(selection.query)):
        added = repeated = 0
        named = (
            batch if selection.name_of("profile_id") else _with_profiles(job, batch, selection.identifiers())
        )
        for event, part in _split(named, None if section.event else kind, section.event or ""):
            written = append_events(
                job.connection,
                event,
                part.rows,
                amount=section.amount,
                label=section.label,
                at=job.now,
            )
            job.reader.reject(part.places, written.rejected)
            added, repeated = added + written.added, repeated + written.repeated
        yield batch.rows.num_rows, {"added": added, "repeated": repeated}


def _with_profiles(job: Job, batch: Batch, identifiers: list[str]) -> Batch:
    """The batch with a column profile_id for its identifiers, without the rows of nobody."""
    found, nobody = find_or_make(job.connection, batch.rows.select(identifiers), job.now)
    job.reader.reject(batch.places, nobody)
    rows = batch.rows.drop_columns(identifiers).append_column("profile_id", found)
    known = found.is_valid()
    return Batch(rows.filter(known), batch.places.filter(known))


def _split(batch: Batch, column: str | None, otherwise: str) -> Iterator[tuple[str, Batch]]:
    """The batch by the values of a text column, without that column; whole, where there is none."""
    import pyarrow.compute as pc

    if column is None:
        yield otherwise, batch
        return
    values = batch.rows[column]
    rest = batch.rows.drop_columns([column])
    for value in values.unique().to_pylist():
        chosen = pc.equal(values, value)
        yield str(value), Batch(_without_empty(rest.filter(chosen)), batch.places.filter(chosen))


def _without_empty(table: "pa.Table") -> "pa.Table":
    """The table without columns that say nothing: the properties of other kinds of events in the same
    file."""
    return table.select([name for name in table.column_names if table[name].null_count < table.num_rows])


def import_consents(job: Job, section: ConsentsMap) -> Written:
    """Append consents to the log."""
    selection = _selection(job, section, "consents")
    for name in ("channel", "kind", "address", "status", "occurred_at", "method"):
        _need(selection, name, "consents")
    for name, value in (("recorded_at", job.now), ("actor", "import")):
        if selection.name_of(name) is None:
            selection.values[name] = selection.parameter(value)
    for batch in job.reader.batches(selection.query, selection.used(selection.query)):
        written = record_consents(job.connection, batch.rows)
        job.reader.reject(batch.places, written.rejected)
        yield batch.rows.num_rows, {"added": written.added, "repeated": written.repeated}


def import_lists(job: Job, section: ListsMap) -> Written:
    """Put people on lists, those who are unknown too."""
    selection = _selection(job, section, "lists")
    _need_identifier(selection, "lists")
    _need(selection, "list", "lists")
    if selection.name_of("added_at") is None:
        selection.values["added_at"] = selection.parameter(job.now)
    column, since = str(selection.name_of("list")), str(selection.name_of("added_at"))
    selection.reject_where_missing([column], "it is not said which list it is")
    selection.reject_where_missing([since], "it is not said since when")
    for batch in job.reader.batches(selection.query, selection.used(selection.query)):
        added = 0
        for name, part in _split(batch, column, ""):
            written = upsert_profiles(
                job.connection, part.rows.select(selection.identifiers()), job.account, job.now
            )
            job.reader.reject(part.places, written.rejected)
            moments = part.rows.select([since]).rename_columns(["since"])
            added += record_joins(
                job.connection, name, moments.append_column("profile_id", written.profile_ids).drop_null()
            )
        yield batch.rows.num_rows, {"added": added}


def import_places(job: Job, section: PlacesMap) -> Written:
    """Store places, or postal codes where the rows have a country and a code."""
    selection = _selection(job, section, "places", plain=["country", "code", "name"])
    names = ["name"] if selection.name_of("name") else ["country", "code"]
    for name in (*names, "latitude", "longitude"):
        _need(selection, name, "places")
        given = selection.name_of(name)
        selection.reject_where_missing([str(given)], f"there is no {name}")
        selection.values[name] = selection.values.pop(str(given))
    for name, limit in (("latitude", 90), ("longitude", 180)):
        value = f"try_cast({selection.values[name]} AS DOUBLE)"
        selection.values[name] = value
        outside = f"coalesce(NOT ({value} BETWEEN -{limit} AND {limit}), true)"
        job.reader.reject_where(
            outside, f"the {name} is not between -{limit} and {limit}", selection.used(outside)
        )
    save = save_places if names == ["name"] else save_postal_codes
    for batch in job.reader.batches(selection.query, selection.used(selection.query)):
        yield batch.rows.num_rows, {"stored": save(job.connection, batch.rows)}


def _selection(job: Job, section: Section, kind: str, plain: list[str] | None = None) -> Selection:
    selection = Selection(job.reader, Times(section.time_zone, section.time_format), plain or ())
    selection.take_section(section, kind)
    return selection


def _need(selection: Selection, name: str, kind: str) -> None:
    if selection.name_of(name) is None:
        raise StoreError(
            Code.BAD_COLUMN,
            f'The {kind} have no "{name}": the columns are {_and(selection.values)}.',
            f'Say in a map, under [{kind}.columns], which column is "{name}".',
        )


def _need_identifier(selection: Selection, kind: str) -> None:
    if not selection.identifiers():
        raise StoreError(
            Code.BAD_COLUMN,
            f"The {kind} do not say who: none of the columns is {_or(IDENTIFIERS)}.",
            f"Say in a map, under [{kind}.columns], which column is one of them.",
        )


def _or(names: "list[str] | tuple[str, ...]") -> str:
    return listing((fold(name) for name in names), "or")


def _and(names: "dict[str, str]") -> str:
    return listing(names, "and")

"""Writing events: a batch of one kind, each event once, into the tail of `events`."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.text import fold
from segql.runtime.errors import Code, StoreError
from segql.runtime.store.catalog import read_account
from segql.runtime.store.columns import (
    IDENTIFIERS,
    Column,
    Rejected,
    instant,
    read_columns,
    rows_with_nul,
)
from segql.runtime.store.journal import advance
from segql.runtime.store.metrics import Metric, PropertyTarget, note_metric, note_properties
from segql.runtime.store.profiles import upsert_profiles
from segql.runtime.store.sql import as_text, folded, one_row, quoted, registered

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_RESERVED = frozenset({"profile_id", "occurred_at", "event_id", *IDENTIFIERS})


class EventsWritten(NamedTuple):
    """What a batch did: events that are new, and events that were there or came twice."""

    added: int
    repeated: int
    rejected: list[Rejected]


def append_events(
    connection: "duckdb.DuckDBPyConnection",
    event: str,
    table: "pa.Table",
    *,
    amount: str | None = None,
    label: str | None = None,
    at: datetime | None = None,
) -> EventsWritten:
    """Append events of one kind, within the caller's transaction.

    Columns: `profile_id` (of the store), or any of `external_id`, `email` and `phone_number`, by which
    profiles are found or made; `occurred_at` (UTC where it has no zone); `event_id` where there is one, else
    the event is known by all that it says. Every further column is a property of any shape; `amount` and
    `label` name those that are kept as the event's amount of money and its one much-repeated text, once and
    for all. An event that is there already is not added again. `at`: the aware instant of writing, for the log
    of people who are merged because rows tie them together. Rows that cannot be stored are rejected, each
    with its reason. After the transaction, `compact` keeps what was appended fast to read. Raises
    `StoreError` where a column is missing or cannot be stored, or amount or label differ from before.
    """
    columns, happened = read_columns(table)
    by_key = {column.key: column for column in columns}
    if "occurred_at" not in by_key:
        raise StoreError(
            Code.BAD_COLUMN, 'The events have no column "occurred_at".', "Say when each happened."
        )
    occurred_at = instant(by_key["occurred_at"])
    metric = note_metric(connection, event, amount, label)
    given = (column for column in columns if column.key not in _RESERVED and not column.empty)
    targets = note_properties(connection, metric, given)
    reasons = dict(rows_with_nul(columns, happened))
    with registered(connection, "happened", happened):
        for row, reason in _name_profiles(connection, by_key, at):
            reasons.setdefault(row, reason)
        _stage(connection, metric, by_key, targets, occurred_at)
        for row, reason in _refused(connection, metric, targets):
            reasons.setdefault(row, reason)
        connection.execute("DELETE FROM staged WHERE list_contains(?::BIGINT[], row)", [list(reasons)])
        (staged,) = one_row(connection, "SELECT count(*) FROM staged")
        added = _insert(connection, metric, targets)
    return EventsWritten(added, staged - added, [Rejected(*item) for item in sorted(reasons.items())])


def _name_profiles(
    connection: "duckdb.DuckDBPyConnection", columns: dict[str, Column], at: datetime | None
) -> list[tuple[int, str]]:
    """Make `named` (row, profile_id), and profiles for those who are new; the rows of nobody, with the
    reason."""
    if "profile_id" in columns:
        alias = columns["profile_id"].alias
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE named AS SELECT row, p.profile_id FROM happened
            LEFT JOIN profiles p ON p.profile_id = try_cast({alias} AS INTEGER)"""  # noqa: S608
        )
        rows = connection.execute("SELECT row FROM named WHERE profile_id IS NULL").fetchall()
        return [(row, "there is no profile of that profile_id") for (row,) in rows]
    given = [columns[name] for name in IDENTIFIERS if name in columns]
    if not given:
        raise StoreError(
            Code.BAD_COLUMN,
            "The events do not say whose they are.",
            f"Give a column profile_id, {', '.join(IDENTIFIERS[:-1])} or {IDENTIFIERS[-1]}.",
        )
    _find_profiles(connection, given)
    return _make_profiles(connection, [column.key for column in given], at)


def _find_profiles(connection: "duckdb.DuckDBPyConnection", given: list[Column]) -> None:
    """Make `named`, with the identifiers of each row, and the profiles of those rows that say no more than
    the strongest of them and say one that is known: those events teach nothing about anybody."""
    first, *others = given
    texts = {c.key: f"nullif(trim({as_text(c.alias, c.type, whole=c.whole)}), '')" for c in given}
    named = ", ".join(f"{text} AS {name}" for name, text in texts.items())
    alone = "".join(f" AND n.{column.key} IS NULL" for column in others)
    # A number that is not written as the store writes it is not found here, but read below.
    same = folded if first.key == "email" else str
    kind, usable = ("phone", "phone_valid") if first.key == "phone_number" else (first.key, "true")
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE named AS WITH n AS (SELECT row, {named} FROM happened),
        aliases AS (SELECT value AS known, min(profile_id) AS profile_id FROM profile_aliases
          WHERE kind = '{kind}' GROUP BY value),
        known AS (SELECT {same(first.key)} AS known, min(profile_id) AS profile_id FROM profiles
          WHERE {usable} GROUP BY known)
        SELECT n.*, coalesce(a.profile_id, k.profile_id) AS profile_id
        FROM n LEFT JOIN known k ON k.known = {same(f"n.{first.key}")}{alone}
        LEFT JOIN aliases a ON a.known = {same(f"n.{first.key}")}{alone}"""  # noqa: S608
    )


def _make_profiles(
    connection: "duckdb.DuckDBPyConnection", names: list[str], at: datetime | None
) -> list[tuple[int, str]]:
    """Give the other rows of `named` their profiles, new ones where need be; the rows of nobody, with the
    reason."""
    listed = ", ".join(names)
    people = connection.sql(
        f"""SELECT {listed}, min(row) AS first_row FROM named WHERE profile_id IS NULL
        GROUP BY ALL ORDER BY first_row"""  # noqa: S608
    ).to_arrow_table()
    if not people.num_rows:
        return []
    written = upsert_profiles(connection, people.drop_columns("first_row"), read_account(connection), at)
    people = people.append_column("profile_id", written.profile_ids)
    if written.merged:
        connection.execute(
            "UPDATE named n SET profile_id = m.profile_id FROM profile_merges m WHERE n.profile_id = m.merged_id"
        )
    same = " AND ".join(f"n.{name} IS NOT DISTINCT FROM p.{name}" for name in names)
    with registered(connection, "people", people):
        connection.execute(
            f"""UPDATE named n SET profile_id = p.profile_id FROM people p
            WHERE n.profile_id IS NULL AND {same}"""  # noqa: S608
        )
        rows = connection.execute(
            f"SELECT row, first_row FROM named n JOIN people p ON {same} WHERE n.profile_id IS NULL"  # noqa: S608
        ).fetchall()
    reasons = {people["first_row"][rejected.row].as_py(): rejected.reason for rejected in written.rejected}
    return [(row, reasons[first_row]) for row, first_row in rows]


def _stage(
    connection: "duckdb.DuckDBPyConnection",
    metric: Metric,
    columns: dict[str, Column],
    targets: list[PropertyTarget],
    occurred_at: str,
) -> None:
    """Make `staged`: each row with its key, its profile, its time, its amount and its label."""
    amount, label = _kept(metric.amount, targets), _kept(metric.label, targets)
    contents = ", ".join(
        f"{_literal(target.column.key)} || '=' || to_json({target.column.alias})::VARCHAR"
        for target in sorted(targets, key=lambda target: target.column.key)
    )

    def key(whose: str) -> str:
        # What an event says, for those that have no id of their own.
        content = f"concat_ws(chr(30), 'content', {whose}, epoch_us(try_cast({columns['occurred_at'].alias} AS TIMESTAMP))"
        content += f", {contents})" if contents else ")"
        if "event_id" in columns:
            event_id = _text(columns["event_id"])
            content = f"coalesce('id' || chr(30) || {event_id}, {content})"
        return f"md5_number_lower($key || chr(31) || {content})"

    # An event of somebody who was merged has the key that it had before.
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE staged AS SELECT row, profile_id, {occurred_at} AS occurred_at,
        {key("profile_id")} AS event_key, list_transform(parts, lambda part: {key("part")}) AS former_keys,
        {_amount_value(amount.column) if amount else "NULL::BIGINT"} AS amount,
        {_text(label.column) if label else "NULL::VARCHAR"} AS label
        FROM happened JOIN named USING (row) LEFT JOIN (
          SELECT profile_id, list(merged_id) AS parts FROM profile_merges GROUP BY profile_id
        ) USING (profile_id)""",  # noqa: S608
        {"key": metric.key},
    )


def _kept(name: str | None, targets: list[PropertyTarget]) -> PropertyTarget | None:
    """The column that is kept as the amount or the label, where the batch has it."""
    if name is None:
        return None
    return next((target for target in targets if target.column.key == fold(name) and target.fits), None)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _amount_value(column: Column) -> str:
    """SQL for an amount in ten-thousandths, rounded half away from zero; null where it is none or too
    large."""
    if column.decimal or column.type == "text":
        return f"(try_cast({column.alias} AS DECIMAL(18, 4))::DECIMAL(38, 4) * 10000)::BIGINT"
    if column.type != "number":
        return "NULL::BIGINT"
    return f"try_cast(round({column.alias}::DOUBLE * 10000) AS BIGINT)"


def _text(column: Column) -> str:
    return as_text(column.alias, column.type, whole=column.whole)


def _refused(
    connection: "duckdb.DuckDBPyConnection", metric: Metric, targets: list[PropertyTarget]
) -> list[tuple[int, str]]:
    """The rows that cannot be stored, with the reason."""
    refused = [("occurred_at IS NULL", "occurred_at: it is not said when it happened")]
    for target in targets:
        alias = target.column.alias
        if not target.fits:
            refused.append((f"{alias} IS NOT NULL", target.reason))
        elif metric.amount is not None and target.column.key == fold(metric.amount):
            not_a_number = f"OR isnan({alias})" if target.column.type == "number" else ""
            refused.append(
                (
                    f"amount IS NULL AND NOT ({alias} IS NULL {not_a_number})",
                    f"{target.name}: it is no amount of money",
                )
            )
    query = " UNION ALL ".join(
        f"SELECT row, {position} AS position FROM happened JOIN staged USING (row) WHERE {condition}"  # noqa: S608
        for position, (condition, _) in enumerate(refused)
    )
    return [(row, refused[position][1]) for row, position in connection.execute(query).fetchall()]


def _insert(connection: "duckdb.DuckDBPyConnection", metric: Metric, targets: list[PropertyTarget]) -> int:
    """Put into `events` those staged that are new there, in the order of time; how many."""
    connection.execute(
        """DELETE FROM staged WHERE event_key IN (SELECT event_key FROM events WHERE metric_id = $id)
        OR row NOT IN (SELECT min(row) FROM staged GROUP BY event_key)
        OR row IN (SELECT row FROM (SELECT row, unnest(former_keys) AS event_key FROM staged)
          WHERE event_key IN (SELECT event_key FROM events WHERE metric_id = $id))""",
        {"id": metric.id},
    )
    connection.execute(
        """INSERT INTO labels SELECT (SELECT coalesce(max(label_id), 0) FROM labels)
          + row_number() OVER (ORDER BY min(row)), label
        FROM staged WHERE label IS NOT NULL AND label NOT IN (SELECT label FROM labels) GROUP BY label"""
    )
    apart = {fold(name) for name in (metric.amount, metric.label) if name is not None}
    fields = ", ".join(
        f"{quoted(target.name)} := {_property_value(target.column)}"
        for target in targets
        if target.fits and target.column.key not in apart
    )
    (added,) = one_row(
        connection,
        f"""INSERT INTO events SELECT event_key, profile_id, $id, occurred_at, amount, label_id,
        {f"struct_pack({fields})::VARIANT" if fields else "NULL"}, $arrival
        FROM staged JOIN happened USING (row) LEFT JOIN labels USING (label)
        ORDER BY date_trunc('month', occurred_at), occurred_at, event_key""",  # noqa: S608
        {"id": metric.id, "arrival": advance(connection)},
    )
    connection.execute(
        """UPDATE store_state SET tail_rows = tail_rows + $added, tail_from = least(tail_from,
        (SELECT date_trunc('month', min(occurred_at))::DATE FROM staged))""",
        {"added": added},
    )
    return int(added)


def _property_value(column: Column) -> str:
    return f"{column.alias}::TIMESTAMP" if column.type == "datetime" else column.alias

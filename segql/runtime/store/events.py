"""Writing events: a batch of one kind, each event once, into the tail of `events`."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.text import fold
from segql.runtime.errors import Code, StoreError
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
from segql.runtime.store.sql import as_text, one_row, quoted, registered
from segql.runtime.store.whose import name_profiles

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
    import pyarrow as pa
    import pyarrow.compute as pc

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
        named, nobody = name_profiles(connection, by_key, at)
        with registered(connection, "named", named):
            staged = _staged(connection, metric, by_key, targets, occurred_at)
    with registered(connection, "staged", staged):
        for row, reason in (*nobody, *_refused(connection, metric, targets)):
            reasons.setdefault(row, reason)
    if reasons:
        staged = staged.filter(pc.invert(pc.is_in(staged["row"], pa.array(list(reasons), pa.int64()))))
    with (
        registered(connection, "staged", staged),
        registered(connection, "stored", _stored(connection, metric)),
    ):
        if staged["label"].null_count < staged.num_rows:
            _note_labels(connection)
        added = _insert(connection, metric, targets)
    return EventsWritten(
        added, staged.num_rows - added, [Rejected(*item) for item in sorted(reasons.items())]
    )


def key_of(metric_key: str, event_id: str) -> str:
    """SQL for the event_key of an event that came with an id, from SQL for its metric's key and for the id."""
    return _key(metric_key, _id_content(event_id))


def _key(metric_key: str, content: str) -> str:
    return f"md5_number_lower({metric_key} || chr(31) || {content})"


def _id_content(event_id: str) -> str:
    return f"'id' || chr(30) || {event_id}"


def _staged(
    connection: "duckdb.DuckDBPyConnection",
    metric: Metric,
    columns: dict[str, Column],
    targets: list[PropertyTarget],
    occurred_at: str,
) -> "pa.Table":
    """Each row of somebody as it came, with its key, its profile, its time, its amount and its label."""
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
            content = f"coalesce({_id_content(event_id)}, {content})"
        return _key("$key", content)

    # An event of somebody who was merged has the key that it had before.
    return connection.sql(
        f"""SELECT happened.*, profile_id, {occurred_at} AS occurred_at,
        {key("profile_id")} AS event_key, list_transform(parts, lambda part: {key("part")}) AS former_keys,
        {_amount_value(amount.column) if amount else "NULL::BIGINT"} AS amount,
        {_text(label.column) if label else "NULL::VARCHAR"} AS label
        FROM happened JOIN named USING (row) LEFT JOIN (
          SELECT profile_id, list(merged_id) AS parts FROM profile_merges GROUP BY profile_id
        ) USING (profile_id) WHERE profile_id IS NOT NULL""",  # noqa: S608
        params={"key": metric.key},
    ).to_arrow_table()


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
        f"SELECT row, {position} AS position FROM staged WHERE {condition}"  # noqa: S608
        for position, (condition, _) in enumerate(refused)
    )
    return [(row, refused[position][1]) for row, position in connection.execute(query).fetchall()]


def _stored(connection: "duckdb.DuckDBPyConnection", metric: Metric) -> "pa.Table":
    """Those of the keys of `staged` that are in `events`."""
    return connection.sql(
        """SELECT event_key FROM events
        SEMI JOIN (SELECT event_key FROM staged UNION ALL SELECT unnest(former_keys) FROM staged) USING (event_key)
        WHERE metric_id = $id""",
        params={"id": metric.id},
    ).to_arrow_table()


def _note_labels(connection: "duckdb.DuckDBPyConnection") -> None:
    """Give the labels of `staged` that are new their numbers."""
    connection.execute(
        """INSERT INTO labels SELECT (SELECT coalesce(max(label_id), 0) FROM labels)
          + row_number() OVER (ORDER BY min(row)), label
        FROM staged WHERE label IS NOT NULL AND label NOT IN (SELECT label FROM labels) GROUP BY label"""
    )


def _insert(connection: "duckdb.DuckDBPyConnection", metric: Metric, targets: list[PropertyTarget]) -> int:
    """Put into `events` those staged that are not `stored`, in the order of time; how many."""
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
        FROM staged LEFT JOIN labels USING (label)
        WHERE event_key NOT IN (FROM stored) AND row IN (SELECT min(row) FROM staged GROUP BY event_key)
        AND row NOT IN (SELECT row FROM (SELECT row, unnest(former_keys) AS event_key FROM staged)
          SEMI JOIN stored USING (event_key)) ORDER BY occurred_at, event_key""",  # noqa: S608
        {"id": metric.id, "arrival": advance(connection)},
    )
    connection.execute(
        """UPDATE store_state SET tail_rows = tail_rows + $added, tail_from = least(tail_from,
        (SELECT date_trunc('month', min(occurred_at))::DATE FROM staged)) WHERE $added > 0""",
        {"added": added},
    )
    return int(added)


def _property_value(column: Column) -> str:
    return f"{column.alias}::TIMESTAMP" if column.type == "datetime" else column.alias

"""Orders: lines of a file folded into one event for each order, its total exact to the last digit."""

from segql.runtime.errors import Code, StoreError
from segql.runtime.imports.kinds import Job, Written
from segql.runtime.imports.map import OrdersMap, When
from segql.runtime.imports.rows import FILE, LINE
from segql.runtime.imports.selection import Selection, Times
from segql.runtime.store.columns import IDENTIFIERS
from segql.runtime.store.events import append_events
from segql.runtime.store.sql import quoted

# A quantity or a price, and the width in which products and sums of them are exact.
_FACTOR = "DECIMAL(18, 6)"
_WIDE = "DECIMAL(38, 6)"


def import_orders(job: Job, section: OrdersMap) -> Written:
    """Append one event for each order, of the kind that the map's tests say."""
    if section.total == section.items_name:
        raise StoreError(Code.BAD_MAP, 'The map gives "total" and "items_name" one name.', "Give them two.")
    selection = _lines(job, section)
    query = _folded_orders(selection, section)
    for event in dict.fromkeys(choice.event for choice in section.events):
        parameters = {**selection.used(query), "event": event}
        for batch in job.reader.batches(query, parameters):
            written = append_events(job.connection, event, batch.rows, amount=section.total, at=job.now)
            job.reader.reject(batch.places, written.rejected)
            yield batch.rows.num_rows, {event: written.added, "repeated": written.repeated}


def _lines(job: Job, section: OrdersMap) -> Selection:
    """The lines that can be used, each with its order and the event that the order becomes."""
    selection = Selection(job.reader, Times(section.time_zone, section.time_format))
    reader = job.reader
    for name, column in section.customer.items():
        selection.take(name, column, f"orders.customer.{name}")
    selection.reject_where_missing(list(section.customer), "there is no customer")
    order = selection.column(section.order, "orders.order").alias
    selection.values["event_id"] = f"{order}::VARCHAR"
    selection.reject_where_missing(["event_id"], "there is no order id")
    selection.take("occurred_at", section.time, "orders.time")
    selection.reject_where_missing(["occurred_at"], "it is not said when the order was placed")
    for factor, column in (("quantity", section.quantity), ("price", section.price)):
        number = f"try_cast({selection.column(column, f'orders.{factor}').alias} AS {_FACTOR})::{_WIDE}"
        selection.values[factor] = number
        reader.reject_where(f"{number} IS NULL", f"the {factor} is not a number")
    selection.values["event"] = _event_of(selection, section)
    selection.reject_where_missing(["event"], "the order fits none of the map's events")
    for n, (field, column) in enumerate(section.items.items()):
        found = selection.column(column, f"orders.items.{field}")
        # Of the lines that are left, these are numbers, whatever else the column has.
        counted = column in (section.quantity, section.price) and found.sql_type == "VARCHAR"
        selection.values[f"item {n}"] = f"{found.alias}::DOUBLE" if counted else selection.typed(found)
    for n, (field, column) in enumerate(section.properties.items()):
        found = selection.column(column, f"orders.properties.{field}")
        selection.values[f"property {n}"] = selection.typed(found)
    return selection


def _event_of(selection: Selection, section: OrdersMap) -> str:
    """SQL for the event that a line's order becomes."""
    cases = " ".join(
        f"WHEN {_test(selection, choice.when, position)} THEN {selection.parameter(choice.event)}"
        for position, choice in enumerate(section.events)
    )
    return f"CASE {cases} END"


def _test(selection: Selection, when: When | None, position: int) -> str:
    if when is None:
        return "true"
    text = f"{selection.column(when.column, f'orders.events.{position}.when.column').alias}::VARCHAR"
    if when.starts_with is not None:
        return f"starts_with({text}, {selection.parameter(when.starts_with)})"
    return f"list_contains({selection.parameter(list(when.is_in or ()))}, {text})"


def _folded_orders(selection: Selection, section: OrdersMap) -> str:
    """SQL for one row an order of the event `$event`: its first line says whose it is, its earliest when
    it was."""
    place = f"{{file: {quoted(FILE)}, line: {quoted(LINE)}}}"
    customers = [f"arg_min({name}, {place}) AS {name}" for name in IDENTIFIERS if name in section.customer]
    fields = ", ".join(f"{quoted(name)} := {quoted(f'item {n}')}" for n, name in enumerate(section.items))
    properties = [
        f"arg_min({quoted(f'property {n}')}, {place}) AS {quoted(name)}"
        for n, name in enumerate(section.properties)
    ]
    columns = [
        *customers,
        "min(occurred_at) AS occurred_at",
        f"sum(quantity * price) AS {quoted(section.total)}",
        f"list(struct_pack({fields}) ORDER BY {place}) AS {quoted(section.items_name)}",
        *properties,
    ]
    return f"""WITH lines AS ({selection.accepted})
        SELECT min({place}).file AS {quoted(FILE)}, min({place}).line AS {quoted(LINE)}, event_id,
        {", ".join(columns)} FROM lines WHERE event = $event GROUP BY event_id
        ORDER BY {quoted(FILE)}, {quoted(LINE)}"""  # noqa: S608

"""Sizes of stored segments on the days before their first refresh: a list tells how they grew from the first hour on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from segql.compiler.plan.instants import moment
from segql.compiler.text import quoted
from segql.runtime.store.sizes import DAYS, read_beginnings, record_past

if TYPE_CHECKING:
    from segql.runtime.answering import Answering


def count_past(store: "Answering", now: datetime) -> Iterator[str]:
    """Count them as of the end of each day and note them, one segment after the other; the name of each that is done.

    What a segment says now is asked, as `trend` does. One that no longer holds is left out."""
    account = store.catalog.account
    first = moment(account, now).today - timedelta(days=DAYS - 1)
    with store.database.cursor() as cursor:
        waiting = read_beginnings(cursor, first)
    broken = store.uses().broken if waiting else {}
    for segment_id, name, known in waiting:
        if name in broken:
            continue
        table = store.ask(f"trend in segment {quoted(name)} over the last {DAYS - 1} days by day", now)
        counted = zip(table["at"].to_pylist(), table["count"].to_pylist(), strict=True)
        sizes = {moment(account, at).today: count for at, count in counted}
        with store.database.transaction(names=False) as connection:
            record_past(connection, segment_id, {day: size for day, size in sizes.items() if day < known})
        yield name

"""The events of a shop as tables, one for each kind, shaped for `append_events`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from segql.cli.demo.columns import Whole, instants, numbered
from segql.cli.demo.people import People


@dataclass(frozen=True)
class EventTable:
    """All events of one kind in the order of time: `external_id`, `occurred_at`, `event_id`, properties.
    `amount` and `label` name the properties that the store keeps in columns of their own."""

    event: str
    table: pa.Table
    amount: str | None = None
    label: str | None = None


class History:
    """Takes events as they are made up, and leaves out what had not happened by the end."""

    def __init__(self, people: People, until: int) -> None:
        self._external_id = pa.array(people.external_id, pa.string())
        self._until = until
        self.tables: list[EventTable] = []

    def add(
        self, event: str, who: Whole, at: Whole, properties: Mapping[str, Any] | None = None,
        *, amount: str | None = None, label: str | None = None,
    ) -> None:  # fmt: skip
        """Add events of one kind: who did it and when (epoch seconds), and a column for each property."""
        happened = np.flatnonzero(at < self._until)
        rows = happened[np.argsort(at[happened], kind="stable")]
        columns = {
            "external_id": self._external_id.take(pa.array(who[rows])),
            "occurred_at": instants(at[rows]),
            "event_id": numbered(event.lower().replace(" ", "-"), np.arange(1, len(rows) + 1)),
        }
        for name, values in (properties or {}).items():
            column = values if isinstance(values, pa.Array) else pa.array(values)
            columns[name] = column.take(pa.array(rows))
        self.tables.append(EventTable(event, pa.table(columns), amount, label))

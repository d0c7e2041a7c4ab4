"""From a file's columns to the store's: SQL for each value, by what the map says of it and what it looks
like."""

import re
from collections.abc import Iterable
from typing import Any

from segql.compiler.text import fold
from segql.runtime.imports.map import Section
from segql.runtime.imports.reader import FileColumn, Reader
from segql.runtime.imports.rows import FILE, LINE
from segql.runtime.store.columns import IDENTIFIERS
from segql.runtime.store.sql import one_row, quoted

_INSTANTS = frozenset({"occurred_at", "recorded_at", "added_at", "created"})
_NAIVE = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_OFFSET = r"'(Z|[+-]\d{2}(:?\d{2})?)$'"


class Times:
    """How times are read: in which zone those without one were written, and in which format if not ISO
    8601."""

    def __init__(self, zone: str, time_format: str | None) -> None:
        self._zone = zone
        self._format = time_format

    @property
    def parameters(self) -> dict[str, object]:
        """The values that the SQL of this reading needs."""
        parameters: dict[str, object] = {"zone": self._zone}
        if self._format:
            parameters["format"] = self._format
        return parameters

    def instant(self, column: FileColumn) -> str:
        """SQL for the instant that a column says, null where it says none."""
        value = column.alias
        if column.sql_type in (*_NAIVE, "DATE"):
            return f"timezone($zone, {value}::TIMESTAMP)"
        if column.sql_type != "VARCHAR":
            return value
        if self._format:
            return f"timezone($zone, try_strptime({value}, $format))"
        return (
            f"CASE WHEN regexp_matches({value}, {_OFFSET}) AND length({value}) > 10 "
            f"THEN try_cast({value} AS TIMESTAMPTZ) ELSE timezone($zone, try_cast({value} AS TIMESTAMP)) END"
        )

    def fits(self, reader: Reader, column: FileColumn) -> bool:
        """Whether all values of a text column are times in the format."""
        if not self._format or column.sql_type != "VARCHAR":
            return False
        (total, times) = one_row(
            reader.connection,
            f"SELECT count({column.alias}), count(try_strptime({column.alias}, $format)) FROM source",  # noqa: S608
            {"format": self._format},
        )
        return bool(total and total == times)

    @property
    def is_of_days(self) -> bool:
        """Whether the format says days without a time of day."""
        return self._format is not None and "%H" not in self._format and "%I" not in self._format


class Selection:
    """The values that go into the store, by name, as SQL over `source`, with the values that the SQL
    needs."""

    def __init__(self, reader: Reader, times: Times, plain: Iterable[str] = ()) -> None:
        """`plain`: folded names of what is text in the store already, so that 10.50 is not made the number
        10.5."""
        self._reader = reader
        self._times = times
        self._plain = frozenset(plain) | set(IDENTIFIERS)
        self.parameters: dict[str, object] = times.parameters
        self.values: dict[str, str] = {}

    def take_section(self, section: Section, kind: str) -> None:
        """Take what a section of the map names, or every column where it names none."""
        named = section.columns or {name: name for name in self._reader.columns}
        for name, column in named.items():
            self.take(name, column, f"{kind}.columns.{name}", section.words.get(name))
        for name, constant in section.constants.items():
            self.values[name] = self.parameter(constant)

    def take(self, name: str, column: str, map_key: str, words: dict[str, str] | None = None) -> None:
        """Take a file's column under the store's name for it."""
        found = self.column(column, map_key)
        if fold(name) in _INSTANTS:
            instant = self._times.instant(found)
            self._reader.reject_where(
                unread := f"{found.alias} IS NOT NULL AND ({instant}) IS NULL",
                f"{name}: it is not a date and time",
                self.used(unread),
            )
            self.values[name] = instant
        elif words:
            pairs = " ".join(
                f"WHEN {self.parameter(old)} THEN {self.parameter(new)}" for old, new in words.items()
            )
            self.values[name] = f"CASE {found.alias}::VARCHAR {pairs} ELSE {found.alias}::VARCHAR END"
        else:
            self.values[name] = found.alias if fold(name) in self._plain else self.typed(found)

    def column(self, name: str, map_key: str) -> FileColumn:
        """A column of the files. Raises `StoreError` where there is none of that name."""
        return self._reader.column(name, map_key)

    def typed(self, column: FileColumn) -> str:
        """SQL for a column's value as what it is or looks like."""
        if column.sql_type in _NAIVE or column.looks_like == "datetime":
            return self._times.instant(column)
        if self._times.fits(self._reader, column):
            return (
                self._times.instant(column)
                if not self._times.is_of_days
                else f"try_strptime({column.alias}, $format)::DATE"
            )
        casts = {"number": "::DOUBLE", "boolean": "::BOOLEAN", "date": "::DATE"}
        return column.alias + casts.get(column.looks_like, "")

    def parameter(self, value: Any) -> str:
        """A value as a parameter of the SQL."""
        name = f"v{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def name_of(self, key: str) -> str | None:
        """The name, as given, of what is selected under a folded name."""
        return next((name for name in self.values if fold(name) == key), None)

    def identifiers(self) -> list[str]:
        """The names of the identifiers that are selected."""
        return [name for key in IDENTIFIERS if (name := self.name_of(key)) is not None]

    def reject_where_missing(self, names: Iterable[str], reason: str) -> None:
        """Reject the rows that have none of these values."""
        missing = " AND ".join(f"nullif(trim(({self.values[name]})::VARCHAR), '') IS NULL" for name in names)
        self._reader.reject_where(missing, reason, self.used(missing))

    def used(self, query: str) -> dict[str, object]:
        """The parameters that a text of SQL names: DuckDB refuses those that it does not."""
        names = set(re.findall(r"\$(\w+)", re.sub(r"\"[^\"]*\"|'[^']*'", "", query)))
        return {name: value for name, value in self.parameters.items() if name in names}

    @property
    def query(self) -> str:
        """SQL for the rows in their order, with FILE and LINE."""
        values = "".join(f", {value} AS {quoted(name)}" for name, value in self.values.items())
        return f"SELECT file AS {quoted(FILE)}, line AS {quoted(LINE)}{values} FROM source"  # noqa: S608

    @property
    def accepted(self) -> str:
        """SQL for the rows that are not rejected, in any order, with FILE and LINE."""
        return f"{self.query} ANTI JOIN rejected USING (file, line)"

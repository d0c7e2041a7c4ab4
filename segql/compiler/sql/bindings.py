"""What a query is written with: the engine, where things are, and its values, of which none stands in the text."""

from dataclasses import dataclass, field
from datetime import datetime

from segql.compiler.catalog.tables import Tables
from segql.compiler.sql.build import Sql
from segql.compiler.sql.dialects.dialect import Dialect
from segql.compiler.sql.query import Query, Value
from segql.compiler.sql.select import Select


@dataclass
class Bindings:
    """Collects the values of a query; the same value is bound once. `tables`: the account's own, which it is to read in
    the place of a store's."""

    dialect: Dialect
    tables: Tables | None = None
    values: dict[str, Value] = field(default_factory=dict)
    _placeholders: dict[tuple[type, Value], Sql] = field(default_factory=dict)

    def bind(self, value: Value) -> Sql:
        """A placeholder for the value."""
        if isinstance(value, datetime):
            value = value.replace(tzinfo=None)
        key = (type(value), value)
        if key not in self._placeholders:
            name = f"p{len(self._placeholders) + 1}"
            self.values[name] = value
            self._placeholders[key] = self.dialect.parameter(name, value)
        return self._placeholders[key]

    def query(self, written: Select | Sql) -> Query:
        """A query as text, with the values that it was written with."""
        return Query(str(written), dict(self.values))

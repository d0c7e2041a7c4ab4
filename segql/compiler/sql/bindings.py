"""Collects the values of a query while it is written: each becomes a placeholder, none stands in the text."""

from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType

from sqlglot import exp

from segql.compiler.sql.query import Value


@dataclass
class Bindings:
    """Collects the values of a query; the same value is bound once."""

    dialect: ModuleType
    values: dict[str, Value] = field(default_factory=dict)
    _names: dict[tuple[type, Value], str] = field(default_factory=dict)

    def bind(self, value: Value) -> exp.Expr:
        """A placeholder for the value."""
        if isinstance(value, datetime):
            value = value.replace(tzinfo=None)
        key = (type(value), value)
        if key not in self._names:
            self._names[key] = f"p{len(self._names) + 1}"
            self.values[self._names[key]] = value
        placeholder: exp.Expr = self.dialect.parameter(self._names[key], value)
        return placeholder

"""SQL as text: the fragments of which queries are put together.

A fragment is a `Sql`. Only this file, `select.py` and the dialects make one, of SQL's own words, quoted names,
placeholders, whole numbers and texts of ours; all else is made of fragments. So nothing that a user wrote can be pasted
into a query: mypy and a test of the house see to it. The class of a fragment says how tightly it binds; brackets are
put here, where there have to be some.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal, TypeAlias

Comparator: TypeAlias = Literal["=", "<>", "<", "<=", ">", ">="]
Operator: TypeAlias = Literal["+", "-", "*", "/", "//", "||"]


class Sql(str):
    """A fragment that binds most tightly: a name, a number, a call, whatever is in brackets."""

    __slots__ = ()
    tightness: ClassVar[int] = 5


class Operation(Sql):
    """Arithmetic, or texts put together."""

    __slots__ = ()
    tightness = 4


class Comparison(Sql):
    """A comparison, IN or IS."""

    __slots__ = ()
    tightness = 3


class Negation(Sql):
    """NOT."""

    __slots__ = ()
    tightness = 2


class Conjunction(Sql):
    """AND."""

    __slots__ = ()
    tightness = 1


class Disjunction(Sql):
    """OR."""

    __slots__ = ()
    tightness = 0


TRUE, FALSE, NULL = Sql("TRUE"), Sql("FALSE"), Sql("NULL")
_EACH_ROW = Sql("*")


# ---- Names and values ---------------------------------------------------------------------------------------------


def identifier(name: str) -> Sql:
    """Anybody's name, quoted. Raises `ValueError` for NUL, which no engine has in names."""
    if "\0" in name:
        raise ValueError(f"the name {name!r} holds the character NUL, which SQL cannot write; rename it")
    return Sql('"' + name.replace('"', '""') + '"')


def word(name: str) -> Sql:
    """A name of ours as it is: letters, digits and underscores, and no word of SQL. Raises `ValueError` for another."""
    if not (name.isascii() and name.isidentifier()):
        raise ValueError(f"{name!r} is a name that has to be quoted")
    return Sql(name)


def column(table: str, name: str) -> Sql:
    """A column of a table by its alias."""
    return Sql(f"{identifier(table)}.{identifier(name)}")


def columns(table: str) -> Sql:
    """All columns of a table by its alias."""
    return Sql(f"{identifier(table)}.*")


def integer(value: int) -> Sql:
    """A whole number of ours."""
    return Sql(int(value))


def string(value: str) -> Sql:
    """A text of ours."""
    return Sql("'" + value.replace("'", "''") + "'")


def aliased(value: Sql, name: Sql) -> Sql:
    """A value as a column: the name is a `word` of ours or somebody's `identifier`."""
    return Sql(f"{value} AS {name}")


# ---- Expressions --------------------------------------------------------------------------------------------------


def call(function: str, *arguments: Sql) -> Sql:
    """A function's value."""
    return Sql(f"{function}({', '.join(arguments)})")


def count(value: Sql = _EACH_ROW, *, different: bool = False) -> Sql:
    """The number of rows, or of those in which a value is set, or of its different values."""
    return Sql(f"COUNT(DISTINCT {value})" if different else f"COUNT({value})")


def over(function: Sql, order: Sql, partition: Sql | None = None) -> Sql:
    """A window function over all rows in an order, or over those that are alike in something."""
    parted = "" if partition is None else f"PARTITION BY {partition} "
    return Sql(f"{function} OVER ({parted}ORDER BY {order})")


def case(*branches: tuple[Sql, Sql], default: Sql | None = None) -> Sql:
    """The value of the first condition that holds; else the default, or NULL."""
    written = "".join(f" WHEN {condition} THEN {value}" for condition, value in branches)
    return Sql(f"CASE{written}{'' if default is None else f' ELSE {default}'} END")


def operation(first: Sql, operator: Operator, *others: Sql) -> Sql:
    """Numbers or texts combined from left to right by one operator."""
    return Operation(f" {operator} ".join(_bracketed(part, Operation) for part in (first, *others)))


def comparison(left: Sql, comparator: Comparator, right: Sql) -> Sql:
    """One value beside another."""
    return Comparison(f"{_bracketed(left, Comparison)} {comparator} {_bracketed(right, Comparison)}")


def among(value: Sql, group: Sql, *, negated: bool = False) -> Sql:
    """Whether a value is among those of a `row` or a subquery."""
    return Comparison(f"{_bracketed(value, Comparison)} {'NOT IN' if negated else 'IN'} {group}")


def row(values: Iterable[Sql]) -> Sql:
    """Several values, in brackets."""
    return Sql(f"({', '.join(values)})")


def is_null(value: Sql, *, negated: bool = False) -> Sql:
    """Whether nothing is set, or something is."""
    return Comparison(f"{_bracketed(value, Comparison)} IS {'NOT NULL' if negated else 'NULL'}")


def is_not_true(condition: Sql) -> Sql:
    """Whether a condition is false or unknown."""
    return Comparison(f"{_bracketed(condition, Comparison)} IS NOT TRUE")


def negation(condition: Sql) -> Sql:
    """Whether a condition is false."""
    return Negation(f"NOT {_bracketed(condition, Comparison)}")


def conjunction(conditions: Sequence[Sql]) -> Sql:
    """All of the conditions, of which there is at least one."""
    return _connected(conditions, Conjunction, " AND ")


def disjunction(conditions: Sequence[Sql]) -> Sql:
    """Any of the conditions, of which there is at least one."""
    return _connected(conditions, Disjunction, " OR ")


def _connected(conditions: Sequence[Sql], kind: type[Conjunction | Disjunction], connector: str) -> Sql:
    if len(conditions) == 1:
        return conditions[0]
    # AND binds more tightly than OR, but few readers trust in it.
    return kind(
        connector.join(
            part if isinstance(part, kind) else _bracketed(part, Conjunction) for part in conditions
        )
    )


def _bracketed(part: Sql, within: type[Sql]) -> Sql:
    return part if part.tightness > within.tightness else Sql(f"({part})")

"""Parts of SQL put together: what sqlglot's own helpers do, without the copies that they make of every part."""

from functools import reduce

from sqlglot import exp


def column(table: str, name: str) -> exp.Expr:
    """A column of a table by its alias; names are always quoted."""
    return exp.Column(this=identifier(name, quoted=True), table=identifier(table, quoted=True))


def identifier(name: str, *, quoted: bool = False) -> exp.Identifier:
    """A name. Where it is a user's it has to be `quoted`."""
    return exp.Identifier(this=name, quoted=quoted)


def table(name: str, alias: str) -> exp.Expr:
    """A table of ours under an alias."""
    return exp.Table(this=identifier(name), alias=exp.TableAlias(this=identifier(alias)))


def aliased(expression: exp.Expr, name: str, *, quoted: bool = False) -> exp.Expr:
    """An expression under a name."""
    return exp.Alias(this=expression, alias=identifier(name, quoted=quoted))


def derived(query: exp.Select, alias: str) -> exp.Expr:
    """A query as a table under an alias."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))


def paren(expression: exp.Expr) -> exp.Expr:
    """An expression in brackets."""
    return exp.Paren(this=expression)


def negated(expression: exp.Expr) -> exp.Expr:
    """NOT, with brackets where there have to be some."""
    return exp.Not(this=paren(expression) if isinstance(expression, exp.Connector) else expression)


def is_null(expression: exp.Expr) -> exp.Expr:
    """Whether nothing is set."""
    return exp.Is(this=expression, expression=exp.Null())


def cast(expression: exp.Expr, kind: str) -> exp.Expr:
    """An expression as a type (see `data_type`)."""
    return exp.Cast(this=expression, to=data_type(kind))


def data_type(kind: str) -> exp.DataType:
    """A type by sqlglot's name for it; with [] behind it a list of that type."""
    if kind.endswith("[]"):
        inner = [data_type(kind.removesuffix("[]"))]
        return exp.DataType(this=exp.DataType.Type.ARRAY, expressions=inner, nested=True)
    return exp.DataType(this=exp.DataType.Type[kind])


def number(value: int) -> exp.Expr:
    """A number of ours."""
    return exp.Literal(this=str(value), is_string=False) if value >= 0 else exp.Neg(this=number(-value))


def string(value: str) -> exp.Expr:
    """A text of ours."""
    return exp.Literal(this=value, is_string=True)


def select(*columns: exp.Expr, source: exp.Expr) -> exp.Select:
    """A query of columns of a table, or of a derived one."""
    return exp.Select(expressions=list(columns), from_=exp.From(this=source))


def where(query: exp.Select, *conditions: exp.Expr) -> exp.Select:
    """The query with further conditions; it is the same object."""
    present = query.args.get("where")
    parts = [*([present.this] if present is not None else []), *conditions]
    if len(parts) > 1:
        parts = [paren(part) if isinstance(part, exp.Or) else part for part in parts]
    if parts:
        query.set("where", exp.Where(this=reduce(_both, parts)))
    return query


def join(
    query: exp.Select, source: exp.Expr, on: exp.Expr, *, side: str | None = None, method: str | None = None
) -> exp.Select:
    """The query with a further join; it is the same object."""
    query.append("joins", exp.Join(this=source, on=on, side=side, method=method))
    return query


def grouped(query: exp.Select, *keys: exp.Expr, having: exp.Expr | None = None) -> exp.Select:
    """The query with groups; it is the same object."""
    query.set("group", exp.Group(expressions=list(keys)))
    if having is not None:
        query.set("having", exp.Having(this=having))
    return query


def ordered(query: exp.Select, *order: exp.Expr, limit: int | None = None) -> exp.Select:
    """The query in an order, perhaps only its first rows; it is the same object."""
    query.set("order", exp.Order(expressions=list(order)))
    if limit is not None:
        query.set("limit", exp.Limit(expression=number(limit)))
    return query


def _both(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    return exp.And(this=left, expression=right)

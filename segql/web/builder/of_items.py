"""Rows about the items of a list, one by one: objects with conditions on their fields, or texts."""

from typing import Any

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.web.builder.operators import read_test, write_test
from segql.web.builder.parts import IncompleteError, Part
from segql.web.builder.row import Below, Values, named

QUANTIFIERS = {"any": "any item of", "all": "every item of", "no": "no item of"}


def read_items(node: Condition) -> Values | None:
    """`any item of Items where Category is "Shoes"`, whose conditions are read apart; `no item of Tags is "sale"`."""
    match node:
        case c.Items(quantifier=quantifier, list=c.Attribute(name=name)):
            return {"quantifier": [quantifier], "name": [name]}
        case c.TextItems(quantifier=quantifier, list=c.Attribute(name=name), test=test):
            found = read_test(test)
            head: Values = {"quantifier": [quantifier], "name": [name]}
            return None if found is None else head | found
        case _:
            return None


def write_items(part: Part, below: Below) -> Condition | None:
    """Of a row, the condition; None where one of the conditions below misses something, which is told there."""
    quantifier: Any = next((one for one in QUANTIFIERS if one == part.get("quantifier")), "any")
    items = c.Attribute(name=named(part, "name", "a list"))
    if part.get("op"):
        test: Any = write_test(part)
        return c.TextItems(quantifier=quantifier, list=items, test=test)
    if below.where is not None:
        return c.Items(quantifier=quantifier, list=items, where=below.where)
    if part.children:
        return None
    raise IncompleteError("say what is asked of an item: choose “Where …”")

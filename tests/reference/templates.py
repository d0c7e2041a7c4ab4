"""Calls of a `define`: the text that it defines, with what is given written in the places of its parameters."""

import re
from functools import cache

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.parse import parse
from segql.compiler.statements import Ask, Define
from segql.compiler.text import fold
from tests.reference.reading import Subject, holds


@holds.register
def _(condition: c.Call, subject: Subject) -> bool:
    """What the call's text says."""
    templates = subject.world.templates.items()
    template = next(template for name, template in templates if fold(name) == fold(condition.name))
    return holds(written_out(condition, template), subject)


@cache
def written_out(call: c.Call, template: Define) -> Condition:
    """The condition of a template with what a call gives, made by writing it and reading it again."""
    names = [parameter.name for parameter in template.parameters]
    given = {one.name: one.default.text() for one in template.parameters if one.default is not None}
    given |= {one.name or names[place]: one.value.text() for place, one in enumerate(call.arguments)}

    def written(found: re.Match[str]) -> str:
        return given[found[1]] if found[1] else found[0]

    text = re.sub(r'"(?:[^"\\]|\\.)*"|\$(\w+)', written, template.condition.text(), flags=re.DOTALL)
    (statement,) = parse(text).statements
    assert isinstance(statement, Ask)
    return statement.condition

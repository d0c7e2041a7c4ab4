"""Objects in lists: `any item of Items where (Category is "Shoes" and Price more than 50)`, all of it on the same item."""

from typing import TYPE_CHECKING, ClassVar, Literal, cast

from msgspec.structs import replace

from segql.compiler.ast.base import Condition, Term
from segql.compiler.ast.voice import Voice
from segql.compiler.ast.walk import walk
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.comparison import Comparison
from segql.compiler.conditions.values import Attribute, article
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition


class Items(Condition, tag="items"):
    """Any, all or none of the objects in a list."""

    about_profiles: ClassVar[bool] = False
    quantifier: Literal["any", "all", "no"]
    list: Attribute
    where: "AnyCondition"

    def check(self, scope: Scope) -> None:
        found = self.list.check(scope)
        if found is None:
            return
        fields = scope.fields_of(self.list.name)
        if not fields:
            scope.report(
                Code.SG301,
                f"{self.list.text()} is {article(found)}; `{self.quantifier} item of` works on lists of objects",
                self.list.span,
                "for a list of texts write: contains, contains any of (...), contains none of (...)",
            )
            return
        wrong = [
            node for node in walk(self.where) if isinstance(node, Condition | Term) and node.about_profiles
        ]
        for node in wrong:
            scope.report(
                Code.SG306,
                f"`{node.text()}` is about people, and this `where` asks about one item",
                node.span,
                "compare fields of the item here; ask about people outside of it, joined by `and`",
            )
        if not wrong:
            self.where.check(scope.of_items(fields))

    def lower(self, scope: Scope) -> plan.Predicate:
        inner = scope.of_items(scope.fields_of(self.list.name))
        # A list of objects is kept as it came; what the language calls a list is one of texts.
        objects = replace(cast(plan.Property, self.list.lower(scope)), type="object")
        return plan.HasItems(objects, self.quantifier, self.where.lower(inner))

    def text(self) -> str:
        items = "items" if self.quantifier == "all" else "item"
        where = self.where.text() if isinstance(self.where, Comparison) else f"({self.where.text()})"
        return f"{self.quantifier} {items} of {self.list.text()} where {where}"

    def english(self, voice: Voice) -> str:
        items = "items" if self.quantifier == "all" else "item"
        return f"with {self.quantifier} {items} in {self.list.english(voice)} where {self.where.text()}"

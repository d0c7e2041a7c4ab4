"""Items of lists, one by one: `any item of Items where (Category is "Shoes" and Price more than 50)`, all of it on the
same object; `any item of "SMS Preferences" contains "launch"`, of lists of texts."""

from typing import TYPE_CHECKING, ClassVar, Literal, cast

from msgspec.structs import replace

from segql.compiler.ast.base import Condition, Node, Term
from segql.compiler.ast.voice import Voice
from segql.compiler.ast.walk import walk
from segql.compiler.catalog.model import ValueType
from segql.compiler.check.scope import Scope
from segql.compiler.conditions.comparison import Comparison
from segql.compiler.conditions.parameters import Parameter, given
from segql.compiler.conditions.values import AnyAttribute, article
from segql.compiler.diagnostics.codes import Code
from segql.compiler.plan import nodes as plan

if TYPE_CHECKING:
    from segql.compiler.conditions import AnyCondition, AnyTest

Quantifier = Literal["any", "all", "no"]


class Items(Condition, tag="items"):
    """Any, all or none of the objects in a list."""

    about_profiles: ClassVar[bool] = False
    quantifier: Quantifier
    list: AnyAttribute
    where: "AnyCondition"

    def check(self, scope: Scope) -> None:
        found = self.list.check(scope)
        if found is None or isinstance(self.list, Parameter):
            return
        fields = scope.fields_of(self.list.name)
        if not fields:
            scope.report(
                Code.SG301,
                f"{self.list.text()} is {_described(found)}; `{self.quantifier} item of ... where` works on lists of "
                "objects",
                self.list.span,
                f'ask each of its texts: {self.quantifier} item of {self.list.text()} contains "..."'
                if found == "list"
                else "name a list of objects",
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
        inner = scope.of_items(scope.fields_of(given(self.list).name))
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


class Item(Node):
    """An item of a list of texts, as messages about a test of it name it. It is never written by itself."""

    list: AnyAttribute

    def text(self) -> str:
        return f"an item of {self.list.text()}"


class TextItems(Condition, tag="text items"):
    """Any, all or none of the texts in a list."""

    about_profiles: ClassVar[bool] = False
    quantifier: Quantifier
    list: AnyAttribute
    test: "AnyTest"

    def check(self, scope: Scope) -> None:
        found = self.list.check(scope)
        if isinstance(self.list, Parameter):
            self.test.check(scope, "text", self._item)
        elif found is None:
            return
        elif scope.fields_of(self.list.name):
            scope.report(
                Code.SG301,
                f"{self.list.text()} is a list of objects, and a test of an item works on lists of texts",
                self.list.span.to(self.test.span),
                f"ask for a field of them: {self.quantifier} item of {self.list.text()} where ...",
            )
        elif found != "list":
            scope.report(
                Code.SG301,
                f"{self.list.text()} is {article(found)}; `{self.quantifier} item of` works on lists",
                self.span.to(self.list.span),
                f"ask for the value itself: {self.list.text()} {self.test.text()}"
                if found == "text"
                else "name a list of texts",
            )
        else:
            self.test.check(scope, "text", self._item)

    def lower(self, scope: Scope) -> plan.Predicate:
        test = self.test.lower(scope, plan.Item(), "text")
        return plan.HasItems(self.list.lower(scope), self.quantifier, test)

    def text(self) -> str:
        each = "every" if self.quantifier == "all" else self.quantifier
        return f"{each} item of {self.list.text()} {self.test.text()}"

    def english(self, voice: Voice) -> str:
        each = "each" if self.quantifier == "all" else self.quantifier
        return f"for whom {each} item in {self.list.english(voice)} {self.test.english(voice)}"

    @property
    def _item(self) -> Item:
        return Item.made(list=self.list, span=self.span.to(self.list.span))


def _described(kind: ValueType) -> str:
    return "a list of texts" if kind == "list" else article(kind)

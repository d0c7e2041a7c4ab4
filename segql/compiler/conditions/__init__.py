"""All families of conditions. One file a family; a new one is added to its union here and to the grammar."""

from typing import Annotated

from pydantic import Field

from segql.compiler.conditions import (
    comparison,
    equality,
    events,
    lists,
    logic,
    measures,
    numbers,
    operands,
    rank,
    values,
)
from segql.compiler.conditions.channels import Engaged, Prefers
from segql.compiler.conditions.comparison import Comparison
from segql.compiler.conditions.consent import CanReceive, ConsentStatus
from segql.compiler.conditions.equality import Is, IsExactly, IsIn
from segql.compiler.conditions.events import Did, EventName, Events, HowOften
from segql.compiler.conditions.lists import Contains, HasItems, IsEmpty
from segql.compiler.conditions.logic import And, Not, Or
from segql.compiler.conditions.measures import Measure, Recency
from segql.compiler.conditions.membership import InList, InSegment
from segql.compiler.conditions.numbers import Between, Compares
from segql.compiler.conditions.place import Coordinates, NamedPlace, PostalCode, Within
from segql.compiler.conditions.rank import Ranked
from segql.compiler.conditions.states import IsBoolean, IsDuring, IsSet
from segql.compiler.conditions.texts import TextMatch
from segql.compiler.conditions.values import Arithmetic, Attribute, Number, Text
from segql.compiler.conditions.windows import AnyWindow

AnyTerm = Annotated[Number | Attribute | Arithmetic | Measure | Recency, Field(discriminator="kind")]
AnyValue = Annotated[Text | Number | Attribute | Arithmetic | Measure | Recency, Field(discriminator="kind")]
AnyTest = Annotated[
    Is
    | IsExactly
    | IsIn
    | TextMatch
    | Contains
    | HasItems
    | IsEmpty
    | Compares
    | Between
    | IsSet
    | IsBoolean
    | IsDuring,
    Field(discriminator="kind"),
]
AnyCondition = Annotated[
    And
    | Or
    | Not
    | Comparison
    | Did
    | CanReceive
    | ConsentStatus
    | Engaged
    | Prefers
    | InList
    | InSegment
    | Within
    | Ranked,
    Field(discriminator="kind"),
]

# The families hold one another (a condition in brackets, a term in a sum): their unions are closed here.
_UNIONS = {"AnyTerm": AnyTerm, "AnyValue": AnyValue, "AnyTest": AnyTest, "AnyCondition": AnyCondition}
for module in (comparison, equality, events, lists, logic, measures, numbers, operands, rank, values):
    vars(module).update(_UNIONS)
for model in (
    Arithmetic, Is, IsIn, Contains, Compares, Between, And, Or, Not, Did, Measure, Recency, Comparison, Ranked,
):  # fmt: skip
    model.model_rebuild()

__all__ = [
    "And", "AnyCondition", "AnyTerm", "AnyTest", "AnyValue", "AnyWindow", "Arithmetic", "Attribute", "Between",
    "CanReceive", "Compares", "Comparison", "ConsentStatus", "Contains", "Coordinates", "Did", "Engaged", "EventName",
    "Events", "HasItems", "HowOften", "InList", "InSegment", "Is", "IsBoolean", "IsDuring", "IsEmpty", "IsExactly",
    "IsIn", "IsSet", "Measure", "NamedPlace", "Not", "Number", "Or", "PostalCode", "Prefers", "Ranked", "Recency",
    "Text", "TextMatch", "Within",
]  # fmt: skip

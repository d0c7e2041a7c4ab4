"""All families of conditions. One file a family; a new one is added to its union here and to the grammar."""

from segql.compiler.conditions import (
    comparison,
    did,
    equality,
    events,
    items,
    lists,
    logic,
    measures,
    numbers,
    operands,
    rank,
    several,
    states,
    values,
)
from segql.compiler.conditions.arguments import AnyArgument
from segql.compiler.conditions.calls import Argument, Call
from segql.compiler.conditions.channels import Engaged, Prefers
from segql.compiler.conditions.comparison import Comparison
from segql.compiler.conditions.consent import CanReceive, ConsentStatus
from segql.compiler.conditions.did import Did, Step
from segql.compiler.conditions.equality import Is, IsExactly, IsIn, IsInRegion
from segql.compiler.conditions.events import AnyEvent, EventName, Events
from segql.compiler.conditions.everybody import Everybody
from segql.compiler.conditions.how_often import HowOften, Periods
from segql.compiler.conditions.items import Items, TextItems
from segql.compiler.conditions.lengths import Length
from segql.compiler.conditions.lists import Contains, HasItems, IsEmpty
from segql.compiler.conditions.logic import And, Not, Or
from segql.compiler.conditions.measures import Measure, Recency, ValueOf
from segql.compiler.conditions.membership import InList, InSegment, MovedList, MovedSegment
from segql.compiler.conditions.messages import CampaignEvent, IsScheduled, Texted, WasSent
from segql.compiler.conditions.numbers import Between, Compares
from segql.compiler.conditions.parameters import Parameter
from segql.compiler.conditions.place import Coordinates, NamedPlace, PostalCode, Within
from segql.compiler.conditions.rank import Ranked
from segql.compiler.conditions.sample import Sampled
from segql.compiler.conditions.several import Several
from segql.compiler.conditions.states import HasBeen, IsAnniversary, IsBeside, IsBoolean, IsDuring, IsSet
from segql.compiler.conditions.texts import TextMatch
from segql.compiler.conditions.values import Arithmetic, Attribute, Number, Text
from segql.compiler.conditions.windows import AnyWindow

AnyTerm = Number | Length | Attribute | Parameter | Arithmetic | Measure | Recency | ValueOf
AnyValue = Text | Number | Length | Attribute | Parameter | Arithmetic | Measure | Recency | ValueOf
AnyTest = (
    Is
    | IsExactly
    | IsIn
    | IsInRegion
    | TextMatch
    | Contains
    | HasItems
    | IsEmpty
    | Compares
    | Between
    | IsSet
    | IsBoolean
    | IsDuring
    | IsAnniversary
    | IsBeside
    | HasBeen
)
AnyCondition = (
    And
    | Or
    | Not
    | Several
    | Everybody
    | Comparison
    | Did
    | Items
    | TextItems
    | CampaignEvent
    | WasSent
    | Texted
    | IsScheduled
    | CanReceive
    | ConsentStatus
    | Engaged
    | Prefers
    | InList
    | InSegment
    | MovedList
    | MovedSegment
    | Within
    | Ranked
    | Sampled
    | Call
)

# The families hold one another (a condition in brackets, a term in a sum): their unions are closed here.
_UNIONS = {"AnyTerm": AnyTerm, "AnyValue": AnyValue, "AnyTest": AnyTest, "AnyCondition": AnyCondition}
for module in (
    comparison, did, equality, events, items, lists, logic, measures, numbers, operands, rank, several, states, values,
):  # fmt: skip
    vars(module).update(_UNIONS)

__all__ = [
    "And", "AnyArgument", "AnyCondition", "AnyEvent", "AnyTerm", "AnyTest", "AnyValue", "AnyWindow", "Argument",
    "Arithmetic", "Attribute", "Between", "Call", "CampaignEvent", "CanReceive", "Compares", "Comparison",
    "ConsentStatus", "Contains", "Coordinates", "Did", "Engaged", "EventName", "Events", "Everybody", "HasBeen", "HasItems",
    "HowOften", "InList", "InSegment", "Is", "IsAnniversary", "IsBeside", "IsBoolean", "IsDuring", "IsEmpty",
    "IsExactly", "IsIn", "IsInRegion", "IsScheduled", "IsSet", "Items", "Length", "Measure", "MovedList",
    "MovedSegment", "NamedPlace", "Not", "Number", "Or", "Parameter", "Periods", "PostalCode", "Prefers", "Ranked",
    "Recency", "Sampled", "Several", "Step", "Text", "TextItems", "TextMatch", "Texted", "ValueOf", "WasSent", "Within",
]  # fmt: skip

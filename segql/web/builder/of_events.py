"""Rows about what people did: events with their steps, measures of them, ranks, messages and campaigns."""

from typing import Any, get_args

from segql.compiler import conditions as c
from segql.compiler.ast.base import Condition
from segql.compiler.ast.values import number_text
from segql.compiler.conditions.messages import Verb
from segql.web.builder.operators import number_of, read_test, write_test
from segql.web.builder.parts import IncompleteError, Part
from segql.web.builder.row import OFTEN, Below, Values, channel_of, named, with_window
from segql.web.builder.windows import length_of, read_window, whole, write_window

# ---- What they did, and what then -----------------------------------------------------------------------------------


def read_did(node: Condition) -> Values | None:
    """`did "Placed Order" at least 3 times today`; what stands below it is read apart."""
    if not isinstance(node, c.Did):
        return None
    window, found = read_window(node.window), _events(node.events)
    if window is None or found is None:
        return None
    if node.each is not None:
        window = {"w.kind": ["each"], "w.count": [str(node.each.count)], "w.unit": [node.each.unit]}
    return {"verb": ["did not" if node.negated else "did"]} | found | _how_often(node.how_often) | window


def write_did(part: Part, below: Below) -> Condition:
    """Of a row, the condition."""
    each, window = None, None
    if part.get("w.kind") == "each":
        length = length_of(part)
        each = c.Periods(count=length.count, unit=length.unit)
    else:
        window = write_window(part)
    return c.Did(
        events=_written_events(part),
        negated=part.get("verb") == "did not",
        how_often=None if each is not None else _written_often(part),
        window=window,
        each=each,
        where=below.where,
        steps=below.steps,
    )


def read_step(step: c.Step) -> Values | None:
    """`then not "Placed Order" within 2 days`."""
    found = _events(step.events)
    if found is None or not isinstance(step.within, c.Length | None):
        return None
    head: Values = {"way": ["then not" if step.negated else "then"]} | found
    if step.within is None:
        return head
    return head | {"when": ["within"], "w.count": [str(step.within.count)], "w.unit": [step.within.unit]}


def write_step(part: Part, below: Below) -> c.Step:
    """Of a row, the step."""
    return c.Step(
        events=_written_events(part),
        negated=part.get("way") == "then not",
        within=length_of(part) if part.get("when") == "within" else None,
        where=below.where,
    )


def _how_often(often: c.HowOften | None) -> Values:
    if often is None:
        return {}
    found: Values = {"often": [often.operator], "times": [str(often.times)]}
    if often.upper is not None:
        found["upper"] = [str(often.upper)]
    return found | ({"periods": [often.periods]} if often.periods else {})


def _written_often(part: Part) -> c.HowOften | None:
    operator = next((one for one in OFTEN if one == part.get("often")), None)
    if operator is None:
        return None
    upper = whole(part, "upper") if operator == "between" else None
    said = {"operator": operator, "times": whole(part, "times"), "upper": upper}
    return c.HowOften.from_dict(said | {"periods": part.get("periods") or None})


def _events(events: c.Events) -> Values | None:
    names = [name.name for name in events.names if isinstance(name, c.EventName)]
    if len(names) < len(events.names):
        return None
    return {"event": names} | ({"quantifier": [events.quantifier]} if events.quantifier else {})


def _written_events(part: Part) -> c.Events:
    names = [name for name in part.all("event") if name]
    if not names:
        raise IncompleteError("choose an event")
    quantifier = part.get("quantifier") or ("any" if len(names) > 1 else None)
    said = [{"kind": "event", "name": name} for name in names]
    return c.Events.from_dict({"names": said, "quantifier": quantifier})


# ---- How much, how many, when; and who is first by that ---------------------------------------------------------------


def read_measure(node: Condition) -> Values | None:
    """`sum of Total from "Placed Order" this year at least 100`, `last "Placed Order" is today`."""
    if not isinstance(node, c.Comparison):
        return None
    head, found = read_term(node.term), read_test(node.test)
    return None if head is None or found is None else head | found


def write_measure(part: Part, below: Below) -> Condition:
    """Of a row, the condition."""
    term, test = write_term(part, below), write_test(part)
    return c.Comparison(term=term, test=test)  # type: ignore[arg-type]  # any test is one


def read_rank(node: Condition) -> Values | None:
    """`top 5% by historic_clv`, `bottom 100 by number of "Placed Order"`; whom it is among is read apart."""
    if not isinstance(node, c.Ranked):
        return None
    by: Values | None
    match node.by:
        case c.Attribute(name=name):
            by = {"function": [""], "name": [name]}
        case c.Measure():
            by = read_term(node.by)
        case _:
            return None
    if by is None:
        return None
    share = "people" if node.percent is None else "percent"
    amount = str(node.people) if node.percent is None else number_text(node.percent)
    head: Values = {"end": [node.end], "amount": [amount], "share": [share]}
    return head | by


def write_rank(part: Part, below: Below) -> Condition:
    """Of a row, the condition."""
    by: Any = (
        write_term(part, below)
        if part.get("function")
        else c.Attribute(name=named(part, "name", "an attribute"))
    )
    return c.Ranked(
        end="bottom" if part.get("end") == "bottom" else "top",
        percent=number_of(part.get("amount")).value if part.get("share") != "people" else None,
        people=whole(part, "amount") if part.get("share") == "people" else None,
        by=by,
        among=below.among,
    )


def read_term(term: object) -> Values | None:
    """The fields of what is measured; None where a form has none for it."""
    match term:
        case c.Measure(events=of, window=within):
            head: Values = {"function": [term.function]}
            events = _events(of)
            if isinstance(term.property, c.Attribute):
                head["property"] = [term.property.name]
        case c.Recency(event=c.EventName(name=name), window=within):
            head, events = {"function": [term.which]}, {"event": [name]}
        case c.ValueOf(property=c.Attribute(name=of), event=c.EventName(name=name), window=within):
            head, events = {"function": [f"{term.which} value"], "property": [of]}, {"event": [name]}
        case _:
            return None
    window = read_window(within)
    if events is None or window is None:
        return None
    # The test of a date has a window, too.
    return head | events | {f"e.{key}": value for key, value in window.items()}


def write_term(part: Part, below: Below) -> Any:
    """What a row measures. Raises IncompleteError."""
    within = Part("", {key[2:]: values for key, values in part.values.items() if key.startswith("e.")})
    events, window, function = _written_events(part), write_window(within), part.get("function")
    if function in ("first", "last"):
        said = {"kind": "recency", "which": function, "event": events.to_dict()["names"][0]}
        return c.Recency.from_dict(said).changed(window=window, where=below.where)
    if function in ("first value", "last value"):
        return c.ValueOf(
            property=c.Attribute(name=named(part, "property", "a property")),
            which="first" if function == "first value" else "last",
            event=events.names[0],
            window=window,
            where=below.where,
        )
    said = {"kind": "measure", "function": function, "events": events.to_dict()}
    if needs_property(function):
        said["property"] = {"kind": "attribute", "name": named(part, "property", "a property")}
    return c.Measure.from_dict(said).changed(window=window, where=below.where)


def needs_property(function: str) -> bool:
    """Whether a measure is one of a property."""
    return function not in ("number", "longest gap", "first", "last", "")


# ---- Messages and campaigns -----------------------------------------------------------------------------------------

VERBS: tuple[Verb, ...] = get_args(Verb)
# What else can be asked about messages, and is not about a campaign that came.
SCHEDULED, SENT, TEXTED = "is scheduled for", "was sent so many", "texted us a word"


def read_message(node: Condition) -> Values | None:
    """`clicked campaign "Spring"`, `was sent at least 4 sms`, `texted us a word "size"`, and what waits to be sent."""
    match node:
        case c.CampaignEvent(verb=verb, name=str() as name, window=window):
            return with_window({"verb": [verb], "name": [name]}, window)
        case c.IsScheduled(campaign=str() as name):
            return {"verb": [SCHEDULED], "name": [name]}
        case c.WasSent(how_many=how_many, channel=channel, window=window):
            head: Values = {"verb": [SENT], "channel": [channel]}
            return with_window(head | _how_often(how_many), window)
        case c.Texted(word=str() as word, window=window):
            return with_window({"verb": [TEXTED], "name": [word]}, window)
        case _:
            return None


def write_message(part: Part, _: Below) -> Condition:
    """Of a row, the condition."""
    verb, window = part.get("verb"), write_window(part)
    if verb == SENT:
        return c.WasSent(how_many=_written_often(part), channel=channel_of(part), window=window)
    name = part.get("name")
    if not name:
        raise IncompleteError("write a word" if verb == TEXTED else "name a campaign")
    if verb == TEXTED:
        return c.Texted(word=name, window=window)
    if verb == SCHEDULED:
        return c.IsScheduled(campaign=name)
    return c.CampaignEvent.from_dict({"kind": "campaign", "verb": verb, "name": name}).changed(window=window)

"""What is done to a form by its buttons, and by choosing something that takes other fields than before."""

from segql.compiler.catalog.model import ValueType
from segql.web.builder import operators
from segql.web.builder.choices import Choices, Events
from segql.web.builder.forms import GROUPS
from segql.web.builder.of_events import SENT, needs_property
from segql.web.builder.parts import IncompleteError, Part, Path, part_at, path_of
from segql.web.builder.rows import ROWS

_MONTH = {"w.kind": ["in the last"], "w.count": ["30"], "w.unit": ["day"]}


def act(root: Part, said: str, choices: Choices) -> None:
    """Do what a button says: `add PATH KIND`, `remove PATH`, `settle PATH`, `more PATH NAME`, `less PATH NAME INDEX`.

    Raises IncompleteError."""
    verb, _, rest = said.partition(" ")
    where, _, named = rest.partition(" ")
    path = path_of(where)
    part = part_at(root, path)
    match verb, named.split(" "):
        case "add", [kind] if kind in ROWS or kind in (*GROUPS, "text", "step"):
            part.children.append(_new(kind, choices, part))
        case "remove", _ if len(path) > 1:
            del part_at(root, path[:-1]).children[path[-1]]
        case "settle", _:
            _settle(part, choices, _events_above(root, path))
        case "more", [name]:
            part.values.setdefault(name, []).append("")
        case "less", [name, index] if index.isdigit() and int(index) < len(part.all(name)):
            del part.values[name][int(index)]
        case _:
            raise IncompleteError("that cannot be done")


def _new(kind: str, choices: Choices, within: Part) -> Part:
    """A new row, with what is likeliest in its fields."""
    account = choices.catalog.account
    match kind:
        case "all" | "any":
            return Part(kind, children=[_new("attribute", choices, within)])
        case "several":
            return Part(kind, {"op": ["at least"], "number": ["2"]}, [_new("attribute", choices, within)])
        case "did":
            return Part(kind, {"verb": ["did"], "event": [account.order_event]} | _MONTH)
        case "measure":
            within_month = {f"e.{key}": value for key, value in _MONTH.items()}
            part = Part(kind, {"function": ["sum"], "event": [account.order_event]} | within_month)
            _settle(part, choices, None)
            return part
        case "step":
            return Part(kind, {"way": ["then"], "event": [""]})
        case "rank":
            numbers = choices.numbers or [("", "")]
            by = {"function": [""], "name": [numbers[0][0]]}
            return Part(kind, {"end": ["top"], "amount": ["10"], "share": ["percent"]} | by)
        case "message":
            return Part(kind, {"verb": ["received"], "name": [""]} | _MONTH)
        case "sample":
            return Part(kind, {"percent": ["10"], "name": [""]})
        case "everybody":
            return Part(kind)
        case "consent":
            return Part(kind, {"status": ["can receive"], "channel": ["sms"]})
        case "channel":
            return Part(kind, {"way": ["engaged with"], "channel": ["sms"]} | _MONTH)
        case "list" | "segment":
            return Part(kind, {"way": ["in"], "name": [""]})
        case "place":
            unit = "miles" if account.country in ("US", "GB") else "km"
            near = {"distance": ["25"], "unit": [unit], "place": ["code"], "code": [""]}
            return Part(kind, near | {"country": [account.country]})
        case "attribute":
            return Part(kind, {"name": [""], "op": ["is"], "type": ["text"], "value": [""]})
        case _:
            return Part(kind, {"text": [""]})


def _events_above(root: Part, path: Path) -> Events:
    """The events whose properties a row asks for; None of one about people."""
    above = part_at(root, path[:-1]) if len(path) > 1 else None
    return above.all("event") if above is not None and above.all("event") else None


def _settle(part: Part, choices: Choices, events: Events) -> None:
    """Give a row the fields that fit what was chosen in it."""
    kind: ValueType | None = None
    if part.kind == "several" and not part.get("op"):
        part.values |= {"op": ["at least"], "number": ["2"]}
    if part.kind in ("measure", "rank") and part.get("function"):
        if not part.all("event"):
            part.values["event"] = [choices.catalog.account.order_event]
        if needs_property(part.get("function")) and not part.get("property"):
            part.values["property"] = [_amount(part, choices)]
    if part.kind == "message" and part.get("verb") == SENT and not part.get("often"):
        part.values |= {"channel": ["sms"], "often": ["at least"], "times": ["1"]}
    if part.kind == "measure":
        kind = "datetime" if part.get("function") in ("first", "last") else "number"
    elif part.kind == "attribute":
        kind = choices.type_of(part.get("name"), events)
    if kind is not None:
        before, part.values["type"] = part.get("type"), ["number" if kind == "number" else "text"]
        is_other = before != part.get("type") and not any(part.all("value"))
        if is_other or part.get("op") not in operators.OPERATORS[kind]:
            part.values["op"] = [operators.OPERATORS[kind][0]]
        if operators.shape(part.get("op")) == "values" and not part.all("value"):
            part.values["value"] = [""]
        if operators.shape(part.get("op")) == "window" and not part.get("w.kind"):
            part.values |= _MONTH


def _amount(part: Part, choices: Choices) -> str:
    event = choices.catalog.event(part.get("event"))
    return (event.amount or "") if event else ""

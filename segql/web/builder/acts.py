"""What is done to a form by its buttons, and by choosing something that takes other fields than before."""

from segql.compiler.catalog.model import ValueType
from segql.web.builder import operators
from segql.web.builder.choices import Choices, Known
from segql.web.builder.forms import GROUPS
from segql.web.builder.of_comparisons import WRITTEN, needs_length
from segql.web.builder.of_events import SENT, needs_property
from segql.web.builder.parts import IncompleteError, Part, Path, part_at, path_of
from segql.web.builder.rows import ROWS

_LENGTH = {"w.count": ["30"], "w.unit": ["day"]}
_MONTH = {"w.kind": ["in the last"]} | _LENGTH


def act(root: Part, said: str, choices: Choices) -> None:
    """Do what a button says: `add PATH KIND`, `remove PATH`, `settle PATH`, `more PATH NAME`, `less PATH NAME INDEX`.

    Raises IncompleteError."""
    verb, _, rest = said.partition(" ")
    where, _, named = rest.partition(" ")
    path = path_of(where)
    part = part_at(root, path)
    match verb, named.split(" "):
        case "add", ["operand", index] if index.isdigit():
            part.children.insert(int(index), _operand("+"))
        case "add", [kind] if kind in ROWS or kind in (*GROUPS, "text", "step"):
            part.children.append(_new(kind, choices, part))
        case "remove", _ if len(path) > 1:
            del part_at(root, path[:-1]).children[path[-1]]
        case "settle", _:
            _settle(part, choices, _known_at(root, path, choices))
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
            _settle(part, choices, choices.people)
            return part
        case "step":
            return Part(kind, {"way": ["then"], "event": [""]})
        case "rank":
            numbers = choices.numbers or [("", "")]
            by = {"function": [""], "name": [numbers[0][0]]}
            return Part(kind, {"end": ["top"], "amount": ["10"], "share": ["percent"]} | by)
        case "message":
            return Part(kind, {"verb": ["received"], "name": [""]} | _MONTH)
        case "compared":
            return Part(kind, children=[_operand(""), _operand("more than")])
        case "items":
            return Part(kind, {"quantifier": ["any"], "name": [""]})
        case "call":
            return Part(kind, {"name": [""]})
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


def _operand(join: str) -> Part:
    return Part("operand", {"join": [join], "function": [""], "name": [""]})


def _known_at(root: Part, path: Path, choices: Choices) -> Known:
    """What a row can ask for, by what stands above it."""
    known = choices.people
    for depth in range(1, len(path)):
        above = part_at(root, path[:depth])
        if above.kind in GROUPS:
            known = choices.people
        elif above.all("event"):
            known = choices.of_events(above.all("event"))
        elif above.kind == "items":
            known = choices.items(known, above.get("name"))
    return known


def _settle(part: Part, choices: Choices, known: Known) -> None:
    """Give a row the fields that fit what was chosen in it."""
    match part.kind:
        case "several" if not part.get("op"):
            part.values |= {"op": ["at least"], "number": ["2"]}
        case "measure" | "rank" | "operand" if part.get("function") not in ("", WRITTEN):
            if not part.all("event"):
                part.values["event"] = [choices.catalog.account.order_event]
            if needs_property(part.get("function")) and not part.get("property"):
                part.values["property"] = [_amount(part, choices)]
        case "message" if part.get("verb") == SENT and not part.get("often"):
            part.values |= {"channel": ["sms"], "often": ["at least"], "times": ["1"]}
        case "call":
            choices.settle_call(part)
        case "items":
            _settle_items(part, choices, known)
    if part.kind == "operand" and needs_length(part.get("join")) and not part.get("w.count"):
        part.values |= _LENGTH
    if part.kind == "measure":
        _settle_test(part, choices.measured_type(part))
    elif part.kind == "attribute":
        _settle_test(part, choices.type_of(part.get("name"), known))


def _settle_items(part: Part, choices: Choices, known: Known) -> None:
    if choices.items(known, part.get("name")):
        part.values.pop("op", None)
        part.children = part.children or [_new("attribute", choices, part)]
    elif part.get("name"):
        part.children = []
        _settle_test(part, "text")


def _settle_test(part: Part, kind: ValueType | None) -> None:
    """Give a row the operator and the fields that fit the type of what it asks for."""
    if kind is None:
        return
    before, part.values["type"] = part.get("type"), ["number" if kind == "number" else "text"]
    is_other = before != part.get("type") and not any(part.all("value"))
    if is_other or part.get("op") not in operators.OPERATORS[kind]:
        part.values["op"] = [operators.OPERATORS[kind][0]]
    shape = operators.shape(part.get("op"))
    if shape == "values" and not part.all("value"):
        part.values["value"] = [""]
    if shape == "window" and not part.get("w.kind"):
        part.values |= _MONTH


def _amount(part: Part, choices: Choices) -> str:
    event = choices.catalog.event(part.get("event"))
    return (event.amount or "") if event else ""

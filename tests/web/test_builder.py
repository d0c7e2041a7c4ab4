"""Definitions as forms: what a form says is exactly what the text says, and every row can be made, changed and removed."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from starlette.testclient import TestClient

import segql
from segql.compiler.statements import Ask, Tree
from segql.web.builder.forms import form_of, write_form
from segql.web.builder.parts import Part, read_fields, walk
from tests.semantics.test_laws import UNHURRIED, WORLDS
from tests.semantics.test_round_trips import trees
from tests.web.fields import fields_of
from tests.web.office import Office

# One of each family, in the words of the made-up shop.
ROWS = {
    "attribute": 'gender is "female"',
    "did": 'did "Placed Order" at least 3 times in the last 90 days where (Total more than 50 and hour less than 9)',
    "measure": 'sum of Total from "Placed Order" this year at least $100',
    "consent": "subscribed to sms in the last 30 days",
    "rank": "top 5% by historic_clv among (can receive sms)",
    "message": 'clicked campaign "Spring" in the last 30 days',
    "channel": "prefers sms over email in the last 60 days",
    "sample": 'random 10% named "holdout"',
    "everybody": "everybody",
    "list": 'joined list "VIP newsletter" since 2026-01-01',
    "segment": 'in segment "Winback"',
    "compared": "predicted_clv more than 2 * historic_clv - 10",
    "items": 'no item of "SMS Preferences" starts with "launch"',
    "call": 'lapsed("Placed Order", window: 90 days)',
    "place": 'within 25 miles of "02139" in US',
}
SAID = (
    *ROWS.values(),
    'number of "Placed Order" this year more than number of "Viewed Product" today where Price more than 5',
    "predicted_clv + historic_clv / 2 - 1 is not 12",
    'last "Placed Order" is not within 3 days after first "Viewed Product"',
    'created is before last "Placed Order" where Total more than 5',
    'Total of last "Placed Order" at least 50',
    'Category of first "Viewed Product" is "Shoes"',
    'Total of last "Placed Order" at least 2 * predicted_clv',
    'did "Placed Order" where any item of Items where (Category is "Shoes" and Price more than Cost * 2)',
    'did "Placed Order" where (Total more than 2 * Discount or all items of Items where Price less than 10)',
    'not every item of "SMS Preferences" is in ("launch", "sale")',
    "regulars()",
    'f(30 days, 2026-01-01, city, "x", 7)',
    "engaged with sms this month",
    "prefers email",
    'did "Viewed Product" then "Placed Order" within 3 days',
    'did "Viewed Product" today where Price more than 5 then any of ("Placed Order", "Clicked SMS")'
    ' where Total more than 50 then not "Placed Order" within 2 hours',
    'did "Viewed Product" then "Viewed Product" then "Viewed Product"',
    'bottom 100 by sum of Total from "Placed Order" this year where Total more than 5'
    " among (not everybody or can receive sms)",
    'top 5 by number of "Placed Order"',
    "at least 2 of (can receive sms, everybody, not everybody)",
    "between 1 and 2 of (can receive sms, at most 1 of (everybody, can receive push))",
    "none of (can receive sms, everybody)",
    "any of (can receive sms)",
    'is scheduled for campaign "Spring"',
    "was sent fewer than 4 sms in the last 30 days",
    "was sent email",
    'texted us a word "size" today',
    'subscribed to sms in the last 30 days via "popup" by method form',
    'unsubscribed from email by method "a b"',
    "random 10%",
    'longest gap between "Placed Order" in the last 2 years more than 60 days',
    "days_between_orders between 1 week and 8 weeks",
    'gender has been "female" for 7 days',
    "can receive transactional email",
    'gender is not in ("female", "male")',
    'city does not start with "Cam"',
    "country is in EU",
    "predicted_clv between 10 and 500",
    "predicted_clv is not 12",
    "accepts_cookies is true",
    "birthday in the next 7 days, any year",
    "birthday is in month 5, any year",
    "created is not before 2026-01-31 18:30",
    "created between 2026-01-01 and 2026-01-31",
    '"SMS Preferences" contains any of ("events", "restocks")',
    '"SMS Preferences" has at least 2 items',
    'did not "Placed Order" yesterday',
    'did any of ("Opened Email", "Clicked Email") at least 5 times',
    'did "Placed Order" in each of the last 3 months',
    'did "Opened Email" on at least 3 different days in the last 30 days',
    'did "Placed Order" between 3 and 5 days ago where (Total more than 50 or "Discount Code" is set)',
    'last "Placed Order" is more than 60 days ago',
    'number of different Category from "Viewed Product" at least 3',
    'within 5 km of place "Cambridge store"',
    "within 5 km of (42.37, -71.1)",
    "not (can receive sms and everybody)",
)
TEXTS = (
    "(predicted_clv + historic_clv) * 2 more than 100",
    "top 5% by historic_clv + 1",
    "not not can receive sms",
    'city is "a\\nb"',
    '"m\\r" is set',
)


@pytest.fixture
def client(office: Office) -> TestClient:
    return office.client("manager")


def read(client: TestClient, text: str) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/editor/form/read", data={"text": text}).json()
    return found


def send(client: TestClient, fields: list[tuple[str, str]], act: str = "", text: str = "") -> dict[str, Any]:
    data: dict[str, list[str]] = {"act": [act], "text": [text]}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    answer = client.post("/editor/form", data=data)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def changed(html: str, **values: str) -> list[tuple[str, str]]:
    """The fields with other values, by the ends of their names."""
    return [
        (name, next((new for end, new in values.items() if name.endswith(f":{end}")), value))
        for name, value in fields_of(html)
    ]


@settings(max_examples=WORLDS * 5, **UNHURRIED)
@given(tree=trees())
def test_a_form_says_what_the_text_says(tree: Tree) -> None:
    for statement in tree.statements:
        for condition in statement.conditions():
            form = form_of(condition)  # type: ignore[arg-type]
            fields = [
                (f"{'.'.join(map(str, path))}:{name}", value)
                for path, part in walk(form)
                for name, values in ({"kind": [part.kind]} | part.values).items()
                for value in values
            ]
            assert write_form(read_fields(fields)).condition == condition, condition.text()


@settings(max_examples=WORLDS * 3, **UNHURRIED | {"suppress_health_check": list(HealthCheck)})
@given(tree=trees())
def test_a_form_says_what_the_text_says_also_in_the_browser(office: Office, tree: Tree) -> None:
    client = office.client("manager")
    for statement in tree.statements:
        if isinstance(statement, Ask) and (statement.timezone is None or statement.known_zone):
            form = read(client, statement.text())
            assert form["problems"] == {}
            (said,) = segql.parse(send(client, fields_of(form["html"]))["text"]).statements
            assert said == statement, statement.text()


@pytest.mark.parametrize("text", SAID)
def test_each_family_has_rows(client: TestClient, text: str) -> None:
    (statement,) = segql.parse(text).statements
    assert isinstance(statement, Ask)
    assert (
        "text" not in [part.kind for _, part in walk(form_of(statement.condition))][: 2 - ("not (" in text)]
    )
    form = read(client, text)
    assert segql.parse(send(client, fields_of(form["html"]))["text"]) == segql.parse(text)


@pytest.mark.parametrize("text", TEXTS)
def test_what_has_no_row_is_kept_as_text(client: TestClient, text: str) -> None:
    (statement,) = segql.parse(text).statements
    assert isinstance(statement, Ask)
    assert form_of(statement.condition).children[0].kind == "text"
    form = read(client, f"can receive sms and {text}")
    assert segql.parse(send(client, fields_of(form["html"]))["text"]) == segql.parse(
        f"can receive sms and {text}"
    )
    other = changed(form["html"], text="did  'Placed'")
    assert "0.1" in send(client, other)["problems"]
    other = changed(form["html"], text="can receive push")
    assert send(client, other)["text"] == "can receive sms\nand can receive push"


def test_comments_and_the_time_zone_stay(client: TestClient) -> None:
    text = '-- whom we text\ncan receive sms -- by law\nand gender is "female"\nin time zone "Europe/Paris"'
    form = read(client, text)
    after = send(client, changed(form["html"], value="male"), text=text)["text"]
    assert (
        after
        == '-- whom we text\ncan receive sms -- by law\nand gender is "male"\nin time zone "Europe/Paris"'
    )


@pytest.mark.parametrize("kind", [*ROWS, "text", "all", "any", "several"])
def test_a_row_of_each_kind_is_added_and_removed(client: TestClient, kind: str) -> None:
    form = read(client, "can receive sms")
    added = send(client, fields_of(form["html"]), f"add 0 {kind}")
    assert "0.1:" in added["html"]
    again = send(client, fields_of(added["html"]))
    assert again["problems"].keys() == added["problems"].keys()
    removed = send(client, fields_of(added["html"]), "remove 0.1")
    assert removed["text"] == "can receive sms"
    assert send(client, fields_of(removed["html"]), "remove 0.0")["text"] == ""


def test_a_row_takes_the_fields_that_fit(client: TestClient) -> None:
    form = send(client, fields_of(read(client, "")["html"]), "add 0 attribute")
    assert form["problems"] == {"0.0": "choose an attribute"}
    form = send(client, changed(form["html"], name="predicted_clv"), "settle 0.0")
    assert form["problems"] == {"0.0": "write a number, such as 50 or 9.95"}
    assert send(client, changed(form["html"], value="$50"))["text"] == "predicted_clv at least $50"
    form = send(client, changed(form["html"], name="birthday"), "settle 0.0")
    assert form["text"] == "birthday is in the last 30 days"
    form = send(client, changed(form["html"], name="gender"), "settle 0.0")
    form = send(client, changed(form["html"], op="is in"), "settle 0.0")
    assert "female" in form["html"]
    form = send(client, changed(form["html"], value="female"), "more 0.0 value")
    assert form["text"] == 'gender is in ("female", "")'
    form = send(client, fields_of(form["html"]), "less 0.0 value 1")
    assert form["text"] == 'gender is in ("female")'


def test_what_somebody_did_and_where(client: TestClient) -> None:
    form = send(client, fields_of(read(client, "")["html"]), "add 0 did")
    assert form["text"] == 'did "Placed Order" in the last 30 days'
    form = send(client, fields_of(form["html"]), "add 0.0 attribute")
    form = send(client, changed(form["html"], name="Total"), "settle 0.0.0")
    form = send(client, changed(form["html"], value="50", often="at least"), "settle 0.0")
    form = send(client, changed(form["html"], times="2"))
    assert form["text"] == 'did "Placed Order" at least 2 times in the last 30 days where Total at least 50'
    form = send(client, fields_of(form["html"]), "more 0.0 event")
    fields = fields_of(form["html"])
    last = max(index for index, (name, _) in enumerate(fields) if name == "0.0:event")
    fields[last] = ("0.0:event", "Clicked SMS")
    assert send(client, fields)["text"].startswith(
        'did any of ("Placed Order", "Clicked SMS") at least 2 times'
    )


def test_a_measure(client: TestClient) -> None:
    form = send(client, fields_of(read(client, "")["html"]), "add 0 measure")
    form = send(client, changed(form["html"], value="100"))
    assert form["text"] == 'sum of Total from "Placed Order" in the last 30 days at least 100'
    form = send(client, changed(form["html"], function="last"), "settle 0.0")
    assert form["text"] == 'last "Placed Order" in the last 30 days is in the last 30 days'


def test_a_sequence_and_a_rank_among_some(client: TestClient) -> None:
    form = send(client, fields_of(read(client, 'did "Viewed Product"')["html"]), "add 0.0 step")
    assert form["problems"] == {"0.0.0": "choose an event"}
    form = send(client, changed(form["html"], when="within"), "settle 0.0.0")
    fields = [
        (name, "Placed Order" if name == "0.0.0:event" else said) for name, said in fields_of(form["html"])
    ]
    form = send(client, fields)
    assert form["text"] == 'did "Viewed Product" then "Placed Order" within 30 days'
    form = send(client, fields_of(form["html"]), "add 0 rank")
    form = send(client, changed(form["html"], function="number"), "settle 0.1")
    assert form["text"].endswith('and top 10% by number of "Placed Order"')
    form = send(client, fields_of(form["html"]), "add 0.1 all")
    form = send(client, changed(form["html"], name="gender"), "settle 0.1.0.0")
    assert form["text"].endswith('among (gender is "")')
    form = send(client, fields_of(form["html"]), "remove 0.1.0")
    assert form["text"].endswith('by number of "Placed Order"')


def with_values(form: dict[str, Any], **values: str) -> list[tuple[str, str]]:
    """The fields with other values, by their whole names, dots and the colon as underlines."""
    return [
        (name, values.get(f"f{name}".replace(".", "_").replace(":", "_"), said))
        for name, said in fields_of(form["html"])
    ]


def test_numbers_are_worked_out_and_compared_line_by_line(client: TestClient) -> None:
    form = send(client, fields_of(read(client, "")["html"]), "add 0 compared")
    assert form["problems"].keys() == {"0.0.0", "0.0.1"}
    form = send(client, changed(form["html"], name="predicted_clv"))
    assert form["text"] == "predicted_clv more than predicted_clv"
    form = send(client, with_values(form, f0_0_1_name="historic_clv"), "add 0.0 operand 2")
    form = send(client, with_values(form, f0_0_2_function="written", f0_0_2_join="*"), "settle 0.0.2")
    assert form["problems"] == {"0.0.2": "write a number, such as 50 or 9.95"}
    form = send(client, with_values(form, f0_0_2_value="1.5"))
    assert form["text"] == "predicted_clv more than historic_clv * 1.5"
    # A line between, and one that is a measure.
    form = send(client, fields_of(form["html"]), "add 0.0 operand 1")
    form = send(client, with_values(form, f0_0_1_function="sum"), "settle 0.0.1")
    assert form["text"] == 'predicted_clv + sum of Total from "Placed Order" more than historic_clv * 1.5'
    form = send(client, fields_of(form["html"]), "add 0.0.1 attribute")
    form = send(client, with_values(form, f0_0_1_0_name="Total"), "settle 0.0.1.0")
    form = send(client, with_values(form, f0_0_1_0_value="5"))
    assert 'from "Placed Order" where Total at least 5' in form["text"]
    form = send(client, with_values(form, f0_0_2_join="-"))
    assert form["problems"] == {"0.0": "compare it with one thing: choose “is …” on one line"}
    form = send(client, with_values(form, f0_0_2_join="before"))
    assert form["problems"].keys() == {"0.0"}


def test_dates_are_compared_with_each_other(client: TestClient) -> None:
    form = read(client, "created is before birthday")
    form = send(client, with_values(form, f0_0_1_join="not within after"), "settle 0.0.1")
    assert form["text"] == "created is not within 30 days after birthday"
    form = send(client, with_values(form, f0_0_1_function="last"), "settle 0.0.1")
    assert form["text"] == 'created is not within 30 days after last "Placed Order"'


def test_items_take_what_fits_the_list(client: TestClient) -> None:
    form = send(client, fields_of(read(client, 'did "Placed Order"')["html"]), "add 0.0 items")
    assert form["problems"] == {"0.0.0": "choose a list"}
    form = send(client, with_values(form, f0_0_0_name="Items"), "settle 0.0.0")
    assert form["problems"] == {"0.0.0.0": "choose an attribute"}
    form = send(client, with_values(form, f0_0_0_0_name="quantity"), "settle 0.0.0.0")
    form = send(client, with_values(form, f0_0_0_0_value="2", f0_0_0_quantifier="all"))
    assert form["text"] == 'did "Placed Order" where (all items of Items where quantity at least 2)'
    form = send(client, fields_of(form["html"]), "remove 0.0.0.0")
    assert form["problems"] == {"0.0.0": "say what is asked of an item: choose “Where …”"}
    form = send(client, fields_of(read(client, "everybody")["html"]), "add 0 items")
    form = send(client, with_values(form, f0_1_name="SMS Preferences"), "settle 0.1")
    form = send(client, with_values(form, f0_1_value="events"))
    assert form["text"] == 'everybody\nand any item of "SMS Preferences" is "events"'


def test_a_define_has_a_field_for_each_parameter(office: Office, client: TestClient) -> None:
    office.desk.store.save_segments(
        'define bought(event, least, town = "Paris", since = 2026-01-01): did $event since $since and'
        " predicted_clv at least $least and city is $town"
    )
    form = send(client, fields_of(read(client, "")["html"]), "add 0 call")
    assert form["problems"] == {"0.0": "choose a define"}
    form = send(client, with_values(form, f0_0_name="bought"), "settle 0.0")
    assert form["problems"] == {"0.0": "bought needs more: fill in all fields that have no default"}
    arguments = iter(("Placed Order", "50", "02139", ""))
    fields = [
        (name, next(arguments) if name == "0.0:argument" else said) for name, said in fields_of(form["html"])
    ]
    form = send(client, fields)
    assert form["text"] == 'bought("Placed Order", 50, town: "02139")'
    assert send(client, fields_of(form["html"]), "settle 0.0")["text"] == form["text"]
    form = send(client, with_values(form, f0_0_argument="50"))
    assert form["problems"]["0.0"].startswith("write")
    # What was left to its default can be given, wherever the call came from.
    form = read(client, 'bought("Placed Order", 50)')
    assert [said for name, said in fields_of(form["html"]) if name == "0.0:argument"] == [
        "Placed Order",
        "50",
        "",
        "",
    ]
    assert send(client, fields_of(form["html"]))["text"] == 'bought("Placed Order", 50)'
    named = [
        (name, said or "Rome") if name == "0.0:argument" else (name, said)
        for name, said in fields_of(form["html"])
    ]
    assert send(client, named[:-1])["problems"].keys() == {"0.0"}  # Rome is no day


def test_a_text_with_a_mistake_has_no_form(client: TestClient) -> None:
    for text in ("can", 'everybody segment "x": everybody', "everybody expect in: {}"):
        form = read(client, text)
        assert (form["html"], form["text"]) == ("", None)
        assert form["problems"][""]


def test_nonsense_is_refused(client: TestClient) -> None:
    for data in (
        {"act": "fly 0"},
        {"act": "remove 0"},
        {"act": "add 7.7 did"},
        {"act": "add 0 nothing"},
        {"x:kind": "all"},
        {".".join("0" * 200) + ":kind": "all"},
        {"act": "less 0 value 9"},
    ):
        assert client.post("/editor/form", data=data).status_code == 422, data
    strange = [
        ("0:kind", "all"),
        ("0.0:kind", "nothing"),
        ("0.1:kind", "text"),
        ("0.1:tree", "{"),
        ("0.2:kind", "did"),
    ]
    assert send(client, strange)["problems"].keys() == {"0.0", "0.1", "0.2"}
    for kind, name, said in (("step", "event", "x"), ("several", "op", "x"), ("rank", "amount", "x")):
        odd = [("0:kind", "all"), ("0.0:kind", kind), (f"0.0:{name}", said), ("0.0.0:kind", "everybody")]
        assert send(client, odd)["problems"], kind


def test_hostile_names_and_values_are_text(office: Office, client: TestClient) -> None:
    hostile = "<script>alert(1)</script>'\\\"&amp;\u202e🦔"
    written = hostile.replace("\\", "\\\\").replace('"', '\\"')
    text = f'"{written}" is "{written}" and in list "{written}" and did "{written}"'
    form = read(client, text)
    assert "<script>" not in form["html"]
    assert segql.parse(send(client, fields_of(form["html"]))["text"]) == segql.parse(text)


def test_an_empty_form_is_a_group() -> None:
    assert read_fields([]) == Part("all")
    assert write_form(Part("all")).condition is None

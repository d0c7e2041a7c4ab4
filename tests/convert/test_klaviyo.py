"""Klaviyo's definitions, kind by kind: the text of each, what is told of it, and the document of a text."""

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

import segql
from segql.compiler.convert.klaviyo import Names, from_klaviyo, to_klaviyo
from segql.compiler.convert.report import ConvertError
from tests.convert.documents import (
    CATALOG,
    about,
    consent,
    dated,
    definition,
    existing,
    listed,
    metric,
    numeric,
    predicted,
    string,
)

ALL_TIME, MONTH = dated("alltime"), dated("in-the-last", quantity=30, unit="day")
MEMBER = {"type": "profile-group-membership", "is_member": True, "group_ids": ["L1"]}
FUNNEL = {
    "type": "profile-metric-funnel",
    "timeframe_filter": MONTH,
    "completion_window_seconds": "DAYS_1",
    "steps": [
        {
            "metric_exists": True, "metric_id": "Viewed Product",
            "metric_filters": [{"property": "Code", "filter": string("equals", "A")}],
        },
        {"metric_exists": False, "metric_id": "Placed Order"},
    ],
}  # fmt: skip
NEAR = {
    "type": "profile-postal-code-distance", "country_code": "USA", "postal_code": "02139", "unit": "miles",
    "filter": numeric("less-than", 25),
}  # fmt: skip
STATUS_DATE = {"field": "status_date", "filter": MONTH}
CONDITIONS: dict[str, Any] = {
    "metric": [metric(numeric("greater-than-or-equal", 1), MONTH)],
    "metric, none": [metric(numeric("equals", 0), dated("between", start=3, end=5, unit="week"))],
    "metric, so often": [metric(numeric("less-than", 3), dated("at-least", quantity=2, unit="hour"))],
    "metric, not so often": [metric(numeric("not-equals", 3), dated("before", date="2026-01-01T00:00:00+00:00"))],
    "metric, sum": [
        metric(numeric("less-than", 99.5), dated("between-static", start="2026-01-01", end="2026-01-31"), "sum")
    ],
    "metric, in the next": [metric(numeric("equals", 1), dated("in-the-next", quantity=1, unit="day"))],
    "metric, anniversary": [metric(numeric("equals", 1), dated("anniversary-last", quantity=1, unit="day"))],
    "metric, filters": [
        metric(
            numeric("greater-than", 0), ALL_TIME, "count",
            [
                {"property": "$value", "filter": numeric("greater-than", 50)},
                {"property": "Items", "filter": listed("contains-any", ["Boots", "Hats"])},
                {"property": "Items", "filter": listed("not-contains-all", ["Boots", "Hats"])},
                {"property": "Items", "filter": listed("contains-substring", "42")},
                {"property": "Code", "filter": string("not-in", ["A", "B"])},
                {"property": "Gift", "filter": {"type": "boolean", "operator": "equals", "value": True}},
            ],
        )
    ],
    "metric, a date of an event": [metric(numeric("equals", 1), ALL_TIME, "count", [{"property": "D", "filter": MONTH}])],
    "funnel": [FUNNEL],
    "funnel, three steps": [FUNNEL | {"steps": [*FUNNEL["steps"], {"metric_exists": True, "metric_id": "X"}]}],
    "funnel, not first": [FUNNEL | {"steps": FUNNEL["steps"][::-1]}],
    "funnel, other window": [FUNNEL | {"timeframe_filter": dated("at-least", quantity=3, unit="day")}],
    "text": [about("location['city']", string("equals", "Boston"))],
    "text, another": [about("location['city']", string("not-equals", "Boston"))],
    "text, parts": [about("email", string("ends-with", "@x.com")), about("email", string("not-contains", "+"))],
    "text, pattern": [about("properties['tier']", string("regex", "^G.ld$"))],
    "text, pattern that cannot be": [about("properties['tier']", string("nregex", "(?=x)"))],
    "texts": [about("properties['tier']", string("in", ["Gold", "Silver"]))],
    "phone": [about("phone_number", string("phone-country-code-in", ["US", "CA"]))],
    "number": [about("properties['score']", numeric("greater-than-or-equal", 2.5))],
    "boolean": [about("properties['vip']", {"type": "boolean", "operator": "equals", "value": False})],
    "existence": [about("properties['score']", existing("not-set"))],
    "list": [about("properties['SMS Preferences']", listed("contains", "Sales"))],
    "list, not": [about("properties['SMS Preferences']", listed("not-contains", "Sales"))],
    "list, length": [about("properties['SMS Preferences']", listed("length-greater-than", 2))],
    "date": [about("created", dated("after", date="2026-01-01T00:00:00Z"))],
    "date, time of day": [about("created", dated("after", date="2026-01-01T10:30:00Z"))],
    "date ahead": [about("properties['birthday']", dated("in-the-next", quantity=3, unit="day"))],
    "anniversary": [about("properties['birthday']", dated("anniversary"))],
    "anniversary, month": [about("properties['birthday']", dated("anniversary-month"))],
    "anniversary, calendar month": [about("properties['birthday']", dated("calendar-month", value=5))],
    "anniversary, next": [about("properties['birthday']", dated("anniversary-next", quantity=2, unit="week"))],
    "property without a name here": [about("properties['a']['b']", existing("is-set"))],
    "member": [MEMBER],
    "not a member": [MEMBER | {"is_member": False}],
    "member since": [MEMBER | {"timeframe_filter": MONTH}],
    "member for long": [MEMBER | {"timeframe_filter": dated("at-least", quantity=30, unit="day")}],
    "member before": [MEMBER | {"timeframe_filter": dated("before", date="2026-01-01")}],
    "consent, sms": [consent("sms", True, "subscribed")],
    "consent, sms, since": [consent("sms", True, "subscribed", STATUS_DATE, {"field": "method", "method": "checkout"})],
    "consent, sms, none": [consent("sms", False, "any")],
    "consent, sms, never": [consent("sms", False, "never_subscribed")],
    "consent, sms, unsubscribed": [consent("sms", False, "unsubscribed", STATUS_DATE)],
    "consent, rcs": [consent("sms", True, "subscribed", {"field": "is_rcs_capable", "filter": {}})],
    "consent, email": [
        consent("email", True, "subscribed", {"field": "method", "method": "form", "filter": string("in", ["F1"])})
    ],
    "consent, email, any": [consent("email", True, "any")],
    "consent, email, suppressed": [consent("email", False, "any", {"field": "bounce_date", "filter": existing("is-set")})],
    "consent, push": [consent("push", True, "any", STATUS_DATE)],
    "permissions": [{"type": "profile-permissions", "permission": {}, "channel": "whatsapp_marketing"}],
    "region": [{"type": "profile-region", "in_region": False, "region": "european_union"}],
    "distance": [NEAR],
    "distance, farther": [NEAR | {"filter": numeric("greater-than", 25), "unit": "kilometers"}],
    "predicted number": [predicted("churn_probability", numeric("less-than", 0.3))],
    "number of orders": [predicted("historic_number_of_orders", numeric("greater-than", 3))],
    "predicted date": [predicted("expected_date_of_next_purchase", dated("in-the-next", quantity=14, unit="day"))],
    "predicted gender": [predicted("predicted_gender", string("equals", "likely_female"))],
    "channel affinity": [
        {"type": "profile-predictive-analytics", "dimension": "channel_affinity", "measurement": "rank"}
    ],
    "custom object": [{"type": "profile-has-custom-object"}],
    "unknown": [{"type": "profile-mood"}],
    "a field that nobody knows": [metric(numeric("equals", 1), ALL_TIME) | {"also": 1}],
}  # fmt: skip


@pytest.mark.parametrize("any_case", [False, True], ids=["exact", "any case"])
@pytest.mark.parametrize("name", CONDITIONS)
def test_each_kind(name: str, any_case: bool, snapshot: SnapshotAssertion) -> None:
    document = json.dumps(definition(*CONDITIONS[name]))
    (found,) = from_klaviyo(document, "x.json", Names(lists={"L1": "VIP"}), any_case=any_case)
    remarks = [str(one) for one in found.remarks if "no name is given" not in one.why]
    assert snapshot == "\n".join([found.text, *remarks])
    if found.segment is not None:
        segql.parse(found.text)


def test_groups_are_and_of_ors() -> None:
    document = {
        "condition_groups": [
            {"conditions": [consent("sms", True, "subscribed")]},
            {
                "conditions": [
                    about("properties['score']", numeric("equals", 1)),
                    consent("push", True, "any"),
                ]
            },
        ]
    }
    (found,) = from_klaviyo(json.dumps(document), "vips.json")
    assert found.text == 'segment "vips":\n  can receive sms\n  and (score is 1 or can receive push)\n'


def test_what_is_left_out_is_named_in_the_text() -> None:
    document = definition(consent("sms", True, "subscribed"), {"type": "profile-permissions"})
    (found,) = from_klaviyo(json.dumps(document), "x.json")
    assert found.text == (
        "-- left out: profile-permissions at condition_groups[1].conditions[0]: WhatsApp is no channel here\n"
        'segment "x":\n  can receive sms\n'
    )


def test_segments_come_with_names_of_the_api() -> None:
    one = {"type": "segment", "id": "S", "attributes": {"name": "One", "definition": definition(MEMBER)}}
    two = {"name": "Two", "definition": definition(metric(numeric("equals", 0), ALL_TIME))}
    names = Names(lists={"L1": "VIP"}, metrics={"Placed Order": "Bought"})
    texts = [found.text for found in from_klaviyo(json.dumps({"data": [one, two]}), "x.json", names)]
    assert texts == ['segment "One":\n  in list "VIP"\n', 'segment "Two":\n  did not "Bought"\n']
    places = [
        remark.place
        for found in from_klaviyo(json.dumps({"data": [{"attributes": {"definition": definition({})}}]}), "x")
        for remark in found.remarks
    ]
    assert places == ["data[0].attributes.definition.condition_groups[0].conditions[0]"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"condition_groups": 1}', "[" * 100_000, '{"data": {"attributes": {}}}']
)
def test_what_is_no_definition_is_told(text: str) -> None:
    with pytest.raises(ConvertError, match=r"x\.json holds no segments of Klaviyo") as raised:
        from_klaviyo(text, "x.json")
    assert raised.value.code == "T001"


WRITTEN = """
segment "Kept":
  can receive sms
  and (did "Placed Order" at least 2 times in the last 30 days where Rating more than 3 or in list "vip")
  and sum of "$value" from "Placed Order" more than 100
  in time zone "UTC"
segment "Half":
  top 5% by score
  and vip is true
  and (did "Placed Order" in the last 30 days or not (vip is true and score is 5))
  and city is "Boston"
  and email contains "@"
segment "Nothing": median of Rating from "Placed Order" more than 3
"""


@pytest.mark.parametrize("any_case", [False, True], ids=["exact", "any case"])
def test_texts_become_documents(any_case: bool, snapshot: SnapshotAssertion) -> None:
    names = Names(metrics={"M1": "Placed Order"}, lists={"L1": "VIP"})
    zone = CATALOG.changed(account=CATALOG.account.changed(timezone="Europe/Paris"))
    found = to_klaviyo(WRITTEN, "x.segql", zone, names, any_case=any_case)
    assert snapshot == json.dumps(
        [
            {"name": one.name, "definition": one.definition, "remarks": [*map(str, one.remarks)]}
            for one in found
        ],
        indent=1,
    )


def test_days_of_an_account_in_utc_are_klaviyos() -> None:
    (found,) = to_klaviyo('did "Placed Order" in the last 30 days', "x.segql", CATALOG)
    assert [one for one in found.remarks if one.kind == "left out"] == []


def test_a_text_that_is_wrong_is_told() -> None:
    with pytest.raises(segql.DefinitionError):
        to_klaviyo('segment "A": scor is 5', "x.segql", CATALOG)

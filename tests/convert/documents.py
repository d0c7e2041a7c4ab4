"""Klaviyo's documents: one of each kind of condition, and random ones that keep to its contract (revision 2026-07-15)."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from segql.compiler.catalog.model import Attribute, Catalog, Event, Point, Property

Document = dict[str, Any]

CATALOG = Catalog(
    attributes=(
        *(Attribute(name=name, type="text") for name in ("email", "phone_number", "phone_country", "city", "country")),
        *(Attribute(name=name, type="text") for name in ("tier", "predicted_gender")),
        *(Attribute(name=name, type="number") for name in ("score", "latitude", "historic_clv", "predicted_clv")),
        *(Attribute(name=name, type="number") for name in ("total_clv", "average_order_value", "churn_risk")),
        *(Attribute(name=name, type="number") for name in ("predicted_orders", "days_between_orders")),
        *(Attribute(name=name, type="datetime") for name in ("created", "birthday", "expected_next_order")),
        Attribute(name="vip", type="boolean"),
        Attribute(name="SMS Preferences", type="list"),
    ),
    events=(
        Event(
            name="Placed Order",
            properties=(
                *(Property(name=name, type="number") for name in ("$value", "Rating")),
                *(Property(name=name, type="text") for name in ("Code", "Note")),
                Property(name="Gift", type="boolean"),
                Property(name="Items", type="list"),
            ),
            amount="$value",
        ),
        Event(
            name="Viewed Product",
            properties=(Property(name="Code", type="text"), Property(name="$value", type="number")),
        ),
    ),
    lists=("VIP", "L1"),
    postal_codes={"US": {"02139": Point(42.4, -71.1)}, "GB": {"SW1A": Point(51.5, -0.1)}},
)  # fmt: skip


def string(operator: str, value: Any) -> Document:
    return {"type": "string", "operator": operator, "value": value}


def numeric(operator: str, value: Any) -> Document:
    return {"type": "numeric", "operator": operator, "value": value}


def listed(operator: str, value: Any) -> Document:
    return {"type": "list", "operator": operator, "value": value}


def dated(operator: str, **rest: Any) -> Document:
    return {"type": "date", "operator": operator, **rest}


def existing(operator: str) -> Document:
    return {"type": "existence", "operator": operator}


def about(name: str, asked: Document) -> Document:
    return {"type": "profile-property", "property": name, "filter": asked}


def metric(
    limit: Document, frame: Document, measurement: str = "count", filters: list[Document] | None = None
) -> Document:
    found = {
        "type": "profile-metric", "metric_id": "Placed Order", "measurement": measurement,
        "measurement_filter": limit, "timeframe_filter": frame,
    }  # fmt: skip
    return found | ({"metric_filters": filters} if filters else {})


def consent(channel: str, can: bool, subscription: str, *filters: Document) -> Document:
    status = {"subscription": subscription} | ({"filters": list(filters)} if filters else {})
    said = {"channel": channel, "can_receive_marketing": can, "consent_status": status}
    return {"type": "profile-marketing-consent", "consent": said}


def predicted(dimension: str, asked: Document) -> Document:
    return {"type": "profile-predictive-analytics", "dimension": dimension, "filter": asked}


def definition(*conditions: Document) -> Document:
    """A definition of one group for each condition."""
    return {"condition_groups": [{"conditions": [one]} for one in conditions]}


# ---- Random ones ----------------------------------------------------------------------------------------------------

TEXTS = st.sampled_from(("Boston", "", "a b", 'say "hi"', "100%", "é", "42", "-- x", "two\nlines", "\\"))
WORDS = st.lists(TEXTS, min_size=1, max_size=3)
NUMBERS = st.integers(-5, 500) | st.sampled_from((0.5, 2.25, 1e-3, 10.0))
COUNTS = st.integers(0, 5)
UNITS = st.sampled_from(("hour", "day", "week"))
DAYS = st.dates().map(lambda day: f"{day}T00:00:00Z")
COMPARATORS = (
    "equals",
    "not-equals",
    "greater-than",
    "greater-than-or-equal",
    "less-than",
    "less-than-or-equal",
)
NUMERIC = st.builds(numeric, st.sampled_from(COMPARATORS), NUMBERS)
COUNTED = st.builds(
    lambda operator, quantity, unit: dated(operator, quantity=quantity, unit=unit),
    st.sampled_from(("in-the-last", "at-least")), st.integers(1, 90), UNITS,
)  # fmt: skip
AHEAD = st.builds(
    lambda quantity, unit: dated("in-the-next", quantity=quantity, unit=unit), st.integers(1, 90), UNITS
)
STATIC = st.one_of(
    st.builds(lambda operator, day: dated(operator, date=day), st.sampled_from(("before", "after")), DAYS),
    st.builds(lambda days: dated("between-static", start=min(days), end=max(days)), st.tuples(DAYS, DAYS)),
)
AGO = st.builds(
    lambda ends, unit: dated("between", start=min(ends), end=max(ends), unit=unit),
    st.tuples(st.integers(1, 9), st.integers(1, 9)), UNITS,
)  # fmt: skip
FRAMES = COUNTED | STATIC | AGO
YEARLY = st.one_of(
    st.builds(dated, st.sampled_from(("anniversary", "anniversary-month"))),
    st.builds(lambda month: dated("calendar-month", value=month), st.integers(1, 12)),
    st.builds(
        lambda operator, quantity, unit: dated(operator, quantity=quantity, unit=unit),
        st.sampled_from(("anniversary-last", "anniversary-next")), st.integers(1, 20), st.sampled_from(("day", "week")),
    ),
)  # fmt: skip
STRINGS = st.one_of(
    st.builds(string, st.sampled_from(("equals", "not-equals")), TEXTS),
    st.builds(string, st.sampled_from(("in", "not-in")), WORDS),
    st.builds(
        string,
        st.sampled_from(
            ("contains", "not-contains", "starts-with", "not-starts-with", "ends-with", "not-ends-with", "regex",
             "nregex")
        ),
        st.sampled_from(("a", "42", "@")),
    ),
)  # fmt: skip
EXISTENCE = st.builds(existing, st.sampled_from(("is-set", "not-set")))
BOOLEANS = st.builds(lambda value: {"type": "boolean", "operator": "equals", "value": value}, st.booleans())
LENGTHS = st.builds(
    listed,
    st.sampled_from(("equals", "greater-than", "greater-than-or-equal", "less-than", "less-than-or-equal")).map(
        lambda operator: f"length-{operator}"
    ),
    COUNTS,
)  # fmt: skip
LISTS = st.builds(listed, st.sampled_from(("contains", "not-contains")), TEXTS | st.integers(0, 9)) | LENGTHS
SEVERAL = st.one_of(
    st.builds(listed, st.sampled_from(("contains-any", "contains-all", "not-contains-any", "not-contains-all")), WORDS),
    st.builds(listed, st.sampled_from(("contains-substring", "not-contains-substring")), st.sampled_from(("a", "42"))),
    LENGTHS,
)  # fmt: skip


def _filter(name: str, asked: SearchStrategy[Document]) -> SearchStrategy[Document]:
    return asked.map(lambda filter_: {"property": name, "filter": filter_})


FILTERS = st.lists(
    st.one_of(
        _filter("$value", NUMERIC), _filter("Rating", NUMERIC | EXISTENCE), _filter("Code", STRINGS | EXISTENCE),
        _filter("Gift", BOOLEANS), _filter("Items", SEVERAL),
    ),
    max_size=2,
)  # fmt: skip
LIMITS = st.builds(numeric, st.sampled_from(COMPARATORS), COUNTS)
METRICS = st.one_of(
    st.builds(metric, LIMITS, FRAMES | st.just(dated("alltime")), st.just("count"), FILTERS),
    st.builds(metric, NUMERIC, FRAMES | st.just(dated("alltime")), st.just("sum"), FILTERS),
)
FUNNELS = st.builds(
    lambda frame, exists, limit, filters: {
        "type": "profile-metric-funnel",
        "timeframe_filter": frame,
        "steps": [
            {"metric_exists": True, "metric_id": "Placed Order"} | ({"metric_filters": filters} if filters else {}),
            {"metric_exists": exists, "metric_id": "Viewed Product"},
        ],
    }
    | ({"completion_window_seconds": limit} if limit else {}),
    COUNTED.filter(lambda frame: frame["operator"] == "in-the-last"), st.booleans(),
    st.sampled_from((None, "HOURS_1", "DAYS_1", "WEEKS_1", "DAYS_30", "YEARS_1")), FILTERS,
)  # fmt: skip
MEMBERSHIPS = st.one_of(
    st.builds(
        lambda is_member, group: {
            "type": "profile-group-membership", "is_member": is_member, "group_ids": [group]
        },
        st.booleans(), st.sampled_from(("VIP", "L1")),
    ),
    st.builds(
        lambda frame: {
            "type": "profile-group-membership", "is_member": True, "group_ids": ["VIP"], "timeframe_filter": frame
        },
        FRAMES,
    ),
)  # fmt: skip
STATUS_DATE = FRAMES.map(lambda frame: {"field": "status_date", "filter": frame})
METHOD = st.one_of(
    st.sampled_from(("api", "sftp", "form")).map(lambda method: {"field": "method", "method": method}),
    st.just({"field": "method", "method": "form", "filter": string("in", ["Pop-up"])}),
)
CONSENTS = st.one_of(
    st.builds(consent, st.sampled_from(("sms", "email")), st.just(True), st.just("subscribed")),
    st.builds(
        consent, st.sampled_from(("sms", "email")), st.just(True), st.just("subscribed"), STATUS_DATE, METHOD
    ),
    st.builds(
        consent, st.sampled_from(("sms", "email")), st.just(False), st.just("unsubscribed"), STATUS_DATE
    ),
    st.builds(consent, st.sampled_from(("sms", "push")), st.just(False), st.just("any")),
    st.just(consent("sms", False, "never_subscribed")),
    st.builds(consent, st.just("push"), st.just(True), st.just("any"), STATUS_DATE),
)
OTHERS = st.one_of(
    st.builds(
        lambda inside, region: {"type": "profile-region", "in_region": inside, "region": region},
        st.booleans(), st.sampled_from(("european_union", "united_states")),
    ),
    st.builds(
        lambda place, unit, operator, distance: {
            "type": "profile-postal-code-distance", "country_code": place[0], "postal_code": place[1], "unit": unit,
            "filter": numeric(operator, distance),
        },
        st.sampled_from((("USA", "02139"), ("GBR", "SW1A"))), st.sampled_from(("miles", "kilometers")),
        st.sampled_from(("less-than", "greater-than")), st.sampled_from((1, 25, 2.5)),
    ),
    st.builds(
        predicted,
        st.sampled_from(
            ("historic_clv", "predicted_clv", "total_clv", "average_order_value", "churn_probability",
             "predicted_number_of_orders", "average_days_between_orders", "historic_number_of_orders")
        ),
        NUMERIC,
    ),
    st.builds(predicted, st.just("expected_date_of_next_purchase"), FRAMES | AHEAD | YEARLY),
    st.builds(predicted, st.just("predicted_gender"), STRINGS),
)  # fmt: skip
PROPERTIES = st.one_of(
    st.builds(about, st.sampled_from(("email", "location['city']", "properties['tier']")), STRINGS | EXISTENCE),
    st.builds(
        about, st.just("phone_number"),
        st.builds(string, st.sampled_from(("phone-country-code-in", "phone-country-code-not-in")), st.just(["US", "CA"])),
    ),
    st.builds(about, st.just("properties['score']"), NUMERIC),
    st.builds(about, st.just("properties['vip']"), BOOLEANS),
    st.builds(about, st.just("properties['SMS Preferences']"), LISTS | EXISTENCE),
    st.builds(about, st.sampled_from(("created", "properties['birthday']")), FRAMES | AHEAD | YEARLY),
)  # fmt: skip
CONDITIONS = st.one_of(METRICS, FUNNELS, PROPERTIES, MEMBERSHIPS, CONSENTS, OTHERS)
DEFINITIONS = st.lists(st.lists(CONDITIONS, min_size=1, max_size=3), min_size=1, max_size=3).map(
    lambda groups: {"condition_groups": [{"conditions": group} for group in groups]}
)

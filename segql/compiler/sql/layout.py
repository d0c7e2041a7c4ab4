"""Where the store keeps things: the tables, and what reads a profile's attribute or an event's property from them."""

from segql.compiler.plan import nodes as plan
from segql.compiler.sql.build import Sql, column
from segql.compiler.text import fold

PROFILES, EVENTS, LABELS = "profiles", "events", "labels"
EVENTS_BY_PERSON = "events_by_person"
CONSENT_PERIODS, LISTS, LIST_PERIODS, METRICS = "consent_periods", "lists", "list_periods", "metrics"
SEGMENTS, SEGMENT_MOVES, ATTRIBUTE_PERIODS = "segments", "segment_moves", "attribute_periods"
CAMPAIGNS, MESSAGES = "sms_campaigns", "sms_messages"

# How the names of columns end that no attribute has (see `folded_column`).
FOLDED = " (folded)"

# events.amount counts ten-thousandths; all sums are made of such whole numbers, so that they are exact in any order.
AMOUNT_SCALE = 10_000


def attribute(alias: str, term: plan.Attribute) -> Sql:
    """An attribute of a profile: one typed column, named as the attribute."""
    return column(alias, term.name)


def folded_column(name: str) -> str:
    """The column beside a list of texts that has its items folded, and beside the e-mail address: no query need fold those
    of everybody."""
    return f"{name}{FOLDED}"


def folded_items(alias: str, term: plan.Attribute) -> Sql:
    """The items of an attribute that is a list, folded."""
    return column(alias, folded_column(term.name))


def place_of(metric: plan.Metric, name: str) -> str:
    """Which column of events holds a property: `amount`, `label_id` or `properties`."""
    if metric.amount is not None and fold(metric.amount) == fold(name):
        return "amount"
    if metric.label is not None and fold(metric.label) == fold(name):
        return "label_id"
    return "properties"

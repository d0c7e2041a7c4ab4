"""The names and values of which random worlds and random definitions are made: few, so that they meet, and awkward."""

from segql.compiler.catalog.model import (
    Channels,
    EmailInteractions,
    Point,
    PushInteractions,
    SmsInteractions,
    ValueType,
)
from segql.compiler.parse import parse
from segql.compiler.statements import Define
from tests.reference.people import EventType

ZONES = (
    "UTC",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "America/Sao_Paulo",  # skipped midnights until 2018
    "America/Havana",  # midnight comes twice in autumn
    "Asia/Kathmandu",  # UTC+5:45
    "Pacific/Apia",  # had no 30 December 2011
)

ATTRIBUTES: dict[str, ValueType] = {
    "email": "text",
    "phone_number": "text",
    "phone_valid": "boolean",
    "phone_country": "text",
    "phone_country_code": "number",
    "country": "text",
    "tier": "text",
    "first_name": "text",
    'The "Nick" Name; %': "text",
    "latitude": "number",
    "longitude": "number",
    "score": "number",
    "ÉTÉ": "number",
    "vip": "boolean",
    "birthday": "date",
    "created": "datetime",
    "next visit": "datetime",
    "SMS Preferences": "list",
    "details": "object",
}
# Lists of objects, with the fields of these.
OBJECTS: dict[str, dict[str, ValueType]] = {
    "Cart": {"Category": "text", "Price": "number", "Gift": "boolean", "Marks": "list"},
    'Wish "list"': {"category": "text", "It's % odd": "number"},
}
HISTORIES = ("tier",)
# Computed from orders, unless the account brings an attribute of this name.
ORDER_VALUES = ("historic_clv", "average_order_value")

EVENTS: dict[str, EventType] = {
    "Placed Order": EventType(
        {
            "Total": "number",
            "Category": "text",
            "Rating": "number",
            "Note": "text",
            "Gift": "boolean",
            "Deliver On": "date",
            "Shipped At": "datetime",
            "Items": "list",
        },
        amount="Total",
        label="Category",
        items={"Lines": {"Category": "text", "Price": "number", "Gift": "boolean"}},
    ),
    "Viewed Product": EventType(
        {"Total": "number", "Category": "text", "Rating": "number", 'It\'s "Odd" %': "text"}
    ),
    "Clicked SMS": EventType({"Campaign": "text"}, label="Campaign"),
    "Received SMS": EventType({"Campaign": "text"}, label="Campaign"),
    "Texted Us": EventType({"Text": "text", "Campaign": "text"}),
    "Opened Email": EventType({"Campaign": "text"}),
    "Clicked Email": EventType(),
    "Subscribed to SMS Marketing": EventType(),
}

TEXTS = (
    "anna",
    "ANNA",
    " Anna",
    "",
    "istanbul",
    "İstanbul",
    "ISTANBUL",
    "ıstanbul",
    "straße",
    "STRASSE",
    "STRAẞE",
    "Σίσυφος",
    "ΣΊΣΥΦΟΣ",
    "Caf\u00e9",
    "CAFE\u0301",
    "cafe",
    'say "hi"',
    "it's; DROP TABLE profiles --",
    "100%",
    "a_b",
    "a\\b",
    "10.5",
    "😀 ok",
    "\u212akelvin",
    "two\nlines\tand a tab",
)
PARTS = ("a", "A", "%", "_", "\\", '"', "'", "é", "e\u0301", "i", "İ", "ss", "ß", "ς", "😀", "", "an", "10")
PATTERNS = ("^a", "an+a", "e$", "[0-9]+", "a.b", "x|tan", r"\d\d", "(?:fe|fé)", "^$", "%")
ITEMS = ("product launches", "Sales", "SALES", "caf\u00e9", "CAFE\u0301", "10", "")
TIERS = ("gold", "GOLD", "silver", "caf\u00e9", "CAFE\u0301")
COUNTRIES = ("France", "fr", "FRANCE", "Österreich", "US", "United States", "gb", "Peru", "ES")
REGIONS = ("EU", "eu", "DACH", "UK", "G7", "Eurozone")
CAMPAIGNS = ("Spring", "SPRING", 'The "big" one; %', "été")
SAID = (
    "what size is it",
    "SIZE?",
    "resized",
    "size",
    "no",
    "size2 or size",
    "a\nsize\nb",
    "größe",
    "GRÖSSE 40",
)
WORDS = ("size", "SIZE", "größe", "40", "what size", "no", "b")
METHODS = ("form", "keyword", "Import")
DETAILS = ("Footer form", "FOOTER FORM", 'say "hi"; %')
SAMPLES = (None, "holdout", "HOLDOUT", 'it\'s "odd" %')
NUMBERS = (0.0, 1.0, -1.0, 2.0, 2.5, -5.25, 0.1, 0.2, 0.3, 0.07, 10.0, 19.99, 100.0, 1e6)

# Everybody has an address of their own. A number that is not valid has no country.
PHONES = (
    *((f"+1617253{index:04}", True, "US", 1.0) for index in range(10, 16)),
    *((f"+4420794600{index:02}", True, "GB", 44.0) for index in range(10, 14)),
    ("12345", False, None, None),
    ("call me", False, None, None),
)
EMAILS = ("anna@example.com", "BEN@example.com", "élise@example.com", "fritz@example.com", "not an address")

POINTS = (
    Point(42.37, -71.11),
    Point(42.36, -71.06),
    Point(51.5, -0.12),
    Point(0.0, 179.95),
    Point(0.0, -179.95),
    Point(89.95, 10.0),
    Point(89.95, -170.0),
    Point(-33.87, 151.21),
)
# No two of the points are nearly so far apart, so that rounding decides nothing.
DISTANCES = (("1", "km"), ("5", "miles"), ("25.5", "km"), ("500", "km"), ("5000", "miles"), ("30000", "km"))
PLACES = {"The Store": POINTS[0], 'Pôle "Nord"': Point(90.0, 0.0)}
POSTAL_CODES = {("US", "02139"): POINTS[0], ("GB", "SW1A 1AA"): POINTS[2], ("FJ", "X"): POINTS[3]}

SEGMENTS = ("Quiet", 'Été "99%"')
LISTS = ("VIP", 'Do not "disturb"', "émigrés")

CHANNELS = (
    Channels(),
    # Events that nobody knows, none at all, and names in another case.
    Channels(
        sms=SmsInteractions(
            engaged=("clicked sms", "Never Heard Of"),
            interacted=("TEXTED US",),
            sent=("received sms", "Clicked SMS", "Never Heard Of"),
            received=("received SMS", "Opened Email"),
            clicked=(),
            replied=("Texted US", "Never Heard Of"),
        ),
        email=EmailInteractions(
            engaged=(),
            interacted=("Never Heard Of",),
            sent=("Never Heard Of",),
            received=(),
            opened=(),
            clicked=(),
        ),
        push=PushInteractions(
            engaged=("Viewed Product",),
            interacted=("Viewed Product", "Placed Order"),
            sent=(),
            received=(),
            opened=(),
            clicked=("Texted Us",),
        ),
    ),
)

# What is defined to be called, with a parameter in every place that can have one; one calls others.
_TEMPLATES = """
define lapsed(event, length = 30 days): did $event and did not $event in the last $length
define keen(event, n = 2, day = 2023-06-14): did $event at least $n times since $day
define reaches(what, limit = 10): $what at least $limit or $what is in ($limit, 7)
define listed(l): in list $l or left list $l today
define says(first, second = "an"): first_name contains any of ($first, $second) or first_name is $second
define earned(p, event, n = 10): sum of $p from $event in the last 90 days more than $n
define regular(event): lapsed($event, length: 3 days) or not keen($event, n: 1)
define heard(campaign, said, way = "form"):
  received campaign $campaign or texted us a word $said or is scheduled for campaign $campaign
  or subscribed to sms via $said by method $way
define spelled(part, list = "SMS Preferences", sample = "holdout"):
  first_name starts with $part or not first_name ends with $part or no item of $list contains $part
  or (country is exactly $part and random 50% named $sample)
define lately(when, place = "The Store", code = "02139"):
  $when in the last 30 days or $when in the last 7 days, any year or within 5 miles of place $place
  or within 500 km of $code in US
define goes(a, b, within = 90 days): did $a then any of ($b, "Texted Us") within $within
"""
TEMPLATES: dict[str, Define] = {
    one.name: one for one in parse(_TEMPLATES).statements if isinstance(one, Define)
}

"""Rows: the conditions that have fields. A family is a row of `ROWS`: what it reads, and what it writes."""

from segql.web.builder import of_calls, of_comparisons, of_events, of_items, of_people
from segql.web.builder.row import Row

ROWS = {
    "attribute": Row("What they are", of_people.read_attribute, of_people.write_attribute),
    "did": Row("What they did", of_events.read_did, of_events.write_did),
    "measure": Row("How much, how many, when", of_events.read_measure, of_events.write_measure),
    "compared": Row(
        "Numbers or dates compared with each other",
        of_comparisons.read_compared,
        of_comparisons.write_compared,
    ),
    "rank": Row("The first or the last of them", of_events.read_rank, of_events.write_rank),
    "items": Row("Items of a list", of_items.read_items, of_items.write_items),
    "message": Row("Messages and campaigns", of_events.read_message, of_events.write_message),
    "consent": Row("Permission", of_people.read_consent, of_people.write_consent),
    "channel": Row("How they use channels", of_people.read_channel, of_people.write_channel),
    "list": Row("Lists", of_people.read_list, of_people.write_list),
    "segment": Row("Other segments", of_people.read_segment, of_people.write_segment),
    "place": Row("Where they are", of_people.read_place, of_people.write_place),
    "sample": Row("A random sample", of_people.read_sample, of_people.write_sample),
    "call": Row("A define, with its parameters", of_calls.read_call, of_calls.write_call),
    "everybody": Row("Everybody", of_people.read_everybody, of_people.write_everybody),
}
# Those that can stand in a `where`, of events or of items.
WHERE = ("attribute", "compared", "items")

"""The account of the compiler's tests, with an attribute and a property whose values are known, and counted."""

from segql.compiler.catalog.model import Attribute, Counts, Event, Property
from tests.compiler.account import CATALOG

SEEN = CATALOG.changed(
    attributes=(
        *CATALOG.attributes,
        Attribute(name="plan", type="text", values=("Basic", "Premium", "Trial"), counts=(20, 700, 80)),
        Attribute(name="topics", type="list", values=("Events", "Restocks")),
    ),
    events=(
        *CATALOG.events,
        Event(
            name="Left Review",
            properties=(Property(name="Mood", type="text", values=("good", "bad"), counts=(40, 5)),),
        ),
    ),
    counts=Counts(
        attributes={"plan": 800, "gender": 1},
        events={"Placed Order": 1_200, "Clicked SMS": 1},
        lists={"VIP": 12},
        segments={"Circle A": 3},
    ),
)

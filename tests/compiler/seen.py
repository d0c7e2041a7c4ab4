"""The account of the compiler's tests, with an attribute and a property whose values are known."""

from segql.compiler.catalog.model import Attribute, Event, Property
from tests.compiler.account import CATALOG

SEEN = CATALOG.changed(
    attributes=(
        *CATALOG.attributes,
        Attribute(name="plan", type="text", values=("Basic", "Premium", "Trial")),
        Attribute(name="topics", type="list", values=("Events", "Restocks")),
    ),
    events=(
        *CATALOG.events,
        Event(name="Left Review", properties=(Property(name="Mood", type="text", values=("good", "bad")),)),
    ),
)

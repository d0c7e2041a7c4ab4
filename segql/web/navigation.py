"""The places that the pages lead to: a row each. Whoever may not go there does not see it."""

from dataclasses import dataclass

from segql.sms.carriers.simulated import SimulatedCarrier
from segql.web.access.rights import Right
from segql.web.access.visitors import Visitor
from segql.web.desk import Desk


@dataclass(frozen=True)
class Place:
    """A page in the navigation. `icon`: its name in static/icons.svg. `counts`: it shows how many texts are unread.
    `simulated`: it is there with the simulated carrier only."""

    path: str
    label: str
    icon: str
    right: Right
    counts: bool = False
    simulated: bool = False


PLACES = (
    Place("/segments", "Segments", "layers", Right.READ),
    Place("/people", "People", "users-round", Right.PEOPLE),
    Place("/campaigns", "Campaigns", "send", Right.READ),
    Place("/conversations", "Conversations", "messages-square", Right.CONVERSATIONS, counts=True),
    Place("/phone", "Phone", "smartphone", Right.CONVERSATIONS, simulated=True),
    Place("/sms", "SMS settings", "settings-2", Right.CAMPAIGNS),
    Place("/account", "Account", "shield-user", Right.READ),
)


def places_for(visitor: Visitor, desk: Desk) -> tuple[Place, ...]:
    """Where somebody may go."""
    is_simulated = isinstance(desk.sms.carrier, SimulatedCarrier)
    return tuple(
        place for place in PLACES if visitor.may(place.right) and (is_simulated or not place.simulated)
    )

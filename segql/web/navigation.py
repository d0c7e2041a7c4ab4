"""The places that the pages lead to: a row each. Whoever may not go there does not see it."""

from dataclasses import dataclass

from segql.web.access.rights import Right
from segql.web.access.visitors import Visitor


@dataclass(frozen=True)
class Place:
    """A page in the navigation. `icon`: its name in static/icons.svg."""

    path: str
    label: str
    icon: str
    right: Right


PLACES = (
    Place("/segments", "Segments", "layers", Right.READ),
    Place("/people", "People", "users-round", Right.PEOPLE),
    Place("/campaigns", "Campaigns", "send", Right.READ),
    Place("/sms", "SMS settings", "settings-2", Right.CAMPAIGNS),
    Place("/account", "Account", "shield-user", Right.READ),
)


def places_for(visitor: Visitor) -> tuple[Place, ...]:
    """Where somebody may go."""
    return tuple(place for place in PLACES if visitor.may(place.right))

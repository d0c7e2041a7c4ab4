"""What people may do, by their role in the account: the one table of it."""

from enum import StrEnum
from typing import Literal, get_args

Role = Literal["owner", "admin", "manager", "analyst"]
ROLES: tuple[Role, ...] = get_args(Role)


class Right(StrEnum):
    """What a page or an operation asks of whoever uses it. A token of the API is given some of them."""

    READ = "read"
    """See segments, how many are in them, and reports."""
    DEFINE = "define"
    """Save and remove segments."""
    PEOPLE = "people"
    """See who somebody is: people, their events and messages, members of segments."""
    EXPORT = "export"
    """Take people's addresses and documents away."""
    IMPORT = "import"
    """Write profiles, events, lists and consents."""
    CAMPAIGNS = "campaigns"
    """Preview, send, pause and cancel campaigns and flows."""
    CONVERSATIONS = "conversations"
    """Read and answer customers' texts."""
    SETTINGS = "settings"
    """Set up SMS, change its settings, add credits; erase and merge people; the account's settings."""
    ACCESS = "access"
    """Invite people, change their roles, take them out."""


_MANAGER = frozenset((Right.READ, Right.DEFINE, Right.PEOPLE, Right.CAMPAIGNS, Right.CONVERSATIONS))

RIGHTS: dict[Role, frozenset[Right]] = {
    "owner": frozenset(Right),
    "admin": frozenset(Right),
    "manager": _MANAGER,
    "analyst": frozenset((Right.READ, Right.DEFINE, Right.PEOPLE)),
}

# Whom one may invite, change and take out: nobody makes somebody who may do more.
GIVEN: dict[Role, tuple[Role, ...]] = {
    "owner": ROLES,
    "admin": ("admin", "manager", "analyst"),
    "manager": (),
    "analyst": (),
}

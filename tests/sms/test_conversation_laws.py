"""D03, D04, D11: whatever is done in whatever order, the list is what a plain reading of the rules says."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segql.sms.errors import SmsError

from .shop import NOON, Shop, number

PEOPLE = [number(index) for index in range(3)]
Action = Literal["text", "keyword", "open", "archive", "unarchive", "block", "unblock"]
ACTIONS: tuple[Action, ...] = ("text", "text", "keyword", "open", "archive", "unarchive", "block", "unblock")
STEPS = st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from(PEOPLE)), max_size=12)


@dataclass
class Plain:
    """A conversation as somebody would keep it on paper."""

    texted: int = 0
    unread: bool = False
    archived: bool = False
    blocked: bool = False

    def take(self, action: Action, step: int) -> None:
        match action:
            case "text":
                self.texted, self.unread, self.archived = step, True, False
            case "open":
                self.unread = False
            case "archive":
                self.archived = True
            case "unarchive":
                self.archived = False
            case "block":
                self.blocked = True
            case "unblock":
                self.blocked = False
            case "keyword":
                pass

    @property
    def box(self) -> str:
        return "blocked" if self.blocked else "archive" if self.archived else "inbox"


def act(shop: Shop, action: Action, person: str, step: int) -> None:
    talks = shop.sms.conversations
    match action:
        case "text" | "keyword":
            body = "HELP" if action == "keyword" else f"text {step}"
            shop.sms.receive(person, "+18885550100", body, carrier_id=f"m{step}")
        case "open":
            talks.open("owner", person)
        case "archive":
            talks.archive("owner", person)
        case "unarchive":
            talks.unarchive("owner", person)
        case "block":
            talks.block("ann", "owner", person)
        case "unblock":
            talks.unblock("ann", "owner", person)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_d03_d04_the_boxes_hold_what_the_rules_say(steps: list[tuple[Action, str]]) -> None:
    shop = Shop().set_up()
    try:
        plain = {person: Plain() for person in PEOPLE}
        for step, (action, person) in enumerate(steps, 1):
            shop.now = NOON + timedelta(minutes=step)
            is_open = bool(plain[person].texted) or action in ("text", "keyword")
            try:
                act(shop, action, person, step)
            except SmsError:
                assert not is_open
            else:
                assert is_open
                plain[person].take(action, step)
        shop.now += timedelta(minutes=1)
        talks = shop.sms.conversations
        for box in ("inbox", "archive", "blocked"):
            expected = sorted(
                (one.texted, person, one.unread)
                for person, one in plain.items()
                if one.texted and one.box == box
            )
            found = [(talk.number, talk.unread) for talk in talks.list("owner", box=box)]
            assert found == [(person, unread) for _, person, unread in reversed(expected)]
        changes = talks.changes("owner", 0)
        assert [entry.position for entry in changes] == list(range(1, len(changes) + 1))
    finally:
        shop.close()

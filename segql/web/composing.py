"""A campaign or the text of a flow while it is written: what is wrong with it, and what some people would see."""

from dataclasses import dataclass, field

from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.runtime.errors import StoreError
from segql.sms.campaigns import Campaign
from segql.sms.errors import SmsCode, SmsError
from segql.sms.looking import Look
from segql.web.desk import Desk
from segql.web.rendering import sentence

# Who is meant, and who of them is not.
SIDES = ("include", "exclude")
Mistake = SmsError | StoreError | DefinitionError


@dataclass
class Faults:
    """What is wrong, by the field it is at."""

    by_field: dict[str, tuple[str, str]] = field(default_factory=dict)

    def note(self, where: str, error: Mistake) -> None:
        """Keep the first mistake of a field."""
        self.by_field.setdefault(where, told(error))


def told(error: Mistake) -> tuple[str, str]:
    """What is wrong and what to do about it, in sentences."""
    if not isinstance(error, DefinitionError):
        return error.message, error.remedy
    first = error.diagnostics[0]
    remedy = sentence(first.remedy or "mend the condition")
    return f"{sentence(first.message)}.", remedy if remedy.endswith("?") else f"{remedy}."


def written_text(text: str) -> str:
    """A text as it was typed: browsers end lines with two characters, and each costs."""
    return text.replace("\r\n", "\n")


def look_at(desk: Desk, campaign: Campaign, turn: int) -> tuple[Faults, int | None, Look | None]:
    """What is wrong with a campaign, how many people it is for, and what some of them will see."""
    faults = Faults()
    for side in SIDES:
        for condition in getattr(campaign, side):
            try:
                desk.store.query(condition, desk.clock())
            except (DefinitionError, StoreError) as error:
                faults.note(side, error)
    outbound = desk.sms.outbound
    try:
        if not faults.by_field and campaign.text.strip():
            look = outbound.look(campaign, turn)
            return faults, look.audience, look
    except SmsError as error:
        if error.code == SmsCode.NOT_SET_UP:
            raise
        faults.note("picture" if "picture" in error.message else "text", error)
    people = None if {*SIDES} & faults.by_field.keys() else outbound.count(campaign)
    return faults, people, None

"""A phone to try everything with: it texts the shop through the simulated carrier, and shows what comes back."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segql.sms import Sms
    from segql.sms.carriers.simulated import SimulatedCarrier


@dataclass(frozen=True)
class Exchange:
    """A text from a customer and what came back to the phone. `inbox`: what it was taken for, where it is kept for a
    person: conversation, or review for what may be an opt-out."""

    at: datetime
    number: str
    text: str
    answers: tuple[str, ...]
    inbox: str | None


def text_shop(sms: "Sms", carrier: "SimulatedCarrier", number: str, text: str, at: datetime) -> Exchange:
    """Text the shop from the phone with that number (E.164)."""
    seen = len(carrier.taken())
    carrier.text(number, text, at)
    sms.advance(at)
    answers = tuple(one.body for one in carrier.taken()[seen:] if one.number == number)
    sent = (number, text, at.replace(microsecond=0))
    talks = (
        talk for talk in sms.conversations.list("owner") if (talk.number, talk.text, talk.texted_at) == sent
    )
    kept = ("review" if talk.may_be_opt_out else "conversation" for talk in talks)
    return Exchange(at, number, text, answers, next(kept, None))

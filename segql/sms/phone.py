"""A phone to try everything with, while the carrier is the simulated one: any number, texting the account's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import phonenumbers

from segql.runtime.store.database import Database
from segql.runtime.store.phones import read_number
from segql.sms.carriers.simulated import PhoneText, SimulatedCarrier
from segql.sms.errors import SmsCode, SmsError
from segql.sms.instants import stored
from segql.sms.numbers import BRANDED

if TYPE_CHECKING:
    from segql.sms.module import Sms

# So many people are proposed to be.
PROPOSED = 8
# Numbers that are looked at for one that nobody has.
_TRIED = 1000
# Where a country has no mobile phones.
_EXAMPLE = "+12015550123"


@dataclass(frozen=True)
class Owner:
    """Somebody whose phone it can be."""

    number: str
    name: str | None


@dataclass(frozen=True)
class Phone:
    """The phones of everybody. `country`: the account's."""

    sms: "Sms"
    database: Database
    carrier: SimulatedCarrier
    country: str
    clock: Callable[[], datetime]

    def read_number(self, text: str) -> str | None:
        """A number as somebody typed it, in E.164; None where it can be none."""
        number = read_number(text, self.country)
        return number.text if number.valid else None

    def ours(self) -> Sequence[str]:
        """Our numbers that can be texted; the first is that of the set-up."""
        return [
            number.number
            for number in self.sms.account.numbers()
            if number.number and number.state == "active" and number.kind != BRANDED
        ]

    def owners(self) -> Sequence[Owner]:
        """Some people whose phone it can be: who have subscribed, those who texted last before others."""
        subscribed = """SELECT phone_number, nullif(trim(concat_ws(' ', first_name, last_name)), '')
            FROM consent_periods JOIN profiles p USING (profile_id) {}
            WHERE channel = 'sms' AND kind = 'marketing' AND status = 'subscribed' AND from_at <= $at AND until_at > $at
              AND phone_valid"""
        texted = """JOIN (SELECT sender, max(inbound_id) AS newest FROM sms_inbound GROUP BY sender) i
            ON i.sender = p.phone_number"""
        asked = {"at": stored(self.clock()), "many": PROPOSED}
        with self.database.cursor() as cursor:
            query = f"{subscribed.format(texted)} ORDER BY newest DESC LIMIT $many"
            first = cursor.execute(query, asked).fetchall()
            # Of a million who have subscribed, any will do.
            others = cursor.execute(f"{subscribed.format('')} LIMIT $many", asked).fetchall()
        return [Owner(*row) for row in dict.fromkeys(first + others)][:PROPOSED]

    def new_number(self) -> str:
        """A number of the account's country that nobody has who is known."""
        example = phonenumbers.example_number_for_type(self.country, phonenumbers.PhoneNumberType.MOBILE)
        first = (
            phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164) if example else _EXAMPLE
        )
        start = int(first)
        tried = [f"+{number}" for number in range(start, start + _TRIED)]
        query = """SELECT phone_number FROM profiles WHERE phone_number IN (SELECT unnest($numbers))
            UNION SELECT value FROM profile_aliases WHERE kind = 'phone' AND value IN (SELECT unnest($numbers))"""
        with self.database.cursor() as cursor:
            known = {number for (number,) in cursor.execute(query, {"numbers": tried}).fetchall()}
        return next((each for each in tried if each not in known and self.read_number(each)), first)

    def text(self, number: str, to: str, body: str, picture: bytes | None = None) -> None:
        """Text one of our numbers from the phone with a number; the carrier brings it at once. Raises `SmsError` for a
        picture that no phone would send."""
        now = self.clock()
        carrier_id = self.carrier.text(number, body, now, to, picture)
        pictures = 0 if picture is None else 1
        self.sms.receive(number, to, body, carrier_id=carrier_id, pictures=pictures, at=now)

    def texts(self, number: str) -> Sequence[PhoneText]:
        """What is on the phone with a number, oldest first."""
        return self.carrier.phone(number, self.clock())


@dataclass(frozen=True)
class Exchange:
    """A text from a customer and what came back to the phone. `inbox`: what it was taken for, where it is kept for a
    person: conversation, or review for what may be an opt-out."""

    at: datetime
    number: str
    text: str
    answers: tuple[str, ...]
    inbox: str | None


def simulated_carrier(sms: "Sms") -> SimulatedCarrier:
    """The carrier of the simulated phones. Raises `SmsError` where a real one is in use."""
    if not isinstance(sms.carrier, SimulatedCarrier):
        raise SmsError(
            SmsCode.NO_PHONE,
            "The simulated phone is there with the simulated carrier only.",
            "Text your number from a real one.",
        )
    return sms.carrier


def text_shop(sms: "Sms", number: str, text: str, at: datetime, until: Callable[[], datetime]) -> Exchange:
    """Text the shop from the phone with that number (E.164). `until`: what the clock shows by then."""
    carrier = simulated_carrier(sms)
    seen = len(carrier.taken())
    carrier.text(number, text, at)
    sms.advance(at)
    # By now the text was acted on, perhaps by a server's job, a little later than `at`: so its answer is due.
    sms.advance(until())
    answers = tuple(one.body for one in carrier.taken()[seen:] if one.number == number)
    sent = (number, text, at.replace(microsecond=0))
    talks = (
        talk for talk in sms.conversations.list("owner") if (talk.number, talk.text, talk.texted_at) == sent
    )
    kept = ("review" if talk.may_be_opt_out else "conversation" for talk in talks)
    return Exchange(at, number, text, answers, next(kept, None))

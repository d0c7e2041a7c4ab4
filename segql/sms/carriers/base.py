"""What a carrier is to us: it takes texts, answers for each, and later has receipts and inbound texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

# Parts a second that carriers commonly take from a sending number of each kind, where an account has no more.
# Sources: Twilio's and AWS's documentation of rate limits, as of November 2026.
COMMON_RATES: Mapping[str, float] = {
    "short_code": 100,
    "toll_free": 3,
    "long_code": 1,
    "branded_sender_id": 10,
}


class CarrierUnreachableError(Exception):
    """The carrier could not be asked, or broke off. What it had been given is then in doubt."""


@dataclass(frozen=True)
class OutboundText:
    """A text to hand over. `reference` is our message's number; after `valid_until` nobody may deliver it.
    `picture`: the address of a picture that goes with it."""

    reference: int
    sender: str
    number: str
    text: str
    valid_until: datetime | None
    picture: str | None = None


@dataclass(frozen=True)
class Answer:
    """What the carrier said of a text when it was handed over.

    "accepted": it has the text, under `carrier_id`. "busy": it did not take it, and may later. "refused": it
    never will, for `reason` (see `messages.REASONS`; "opted_out" also ends the number's consent). "fault": it takes
    nothing like this from us, for `reason`, whoever is texted.
    """

    reference: int
    outcome: Literal["accepted", "busy", "refused", "fault"]
    carrier_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Receipt:
    """A delivery report. `word` is the carrier's own; `status` its meaning, None where unknown."""

    report_id: str
    carrier_id: str
    word: str
    status: Literal["sent", "delivered", "failed"] | None
    occurred_at: datetime
    reason: str | None = None


@dataclass(frozen=True)
class InboundText:
    """A text from a customer. `report_id` is unique to it at its carrier; `pictures`: how many came with it."""

    report_id: str
    sender: str
    to: str
    body: str
    occurred_at: datetime
    pictures: int = 0


class Carrier(Protocol):
    """A way to the telephone network. All instants are aware.

    Any method may raise `CarrierUnreachableError`; a text without an Answer is in doubt.
    """

    @property
    def name(self) -> str:
        """What tells this carrier's ids from another's."""
        ...

    @property
    def sending_number(self) -> str:
        """The number, in E.164, that the carrier gives to the account."""
        ...

    @property
    def rates(self) -> Mapping[str, float]:
        """Parts a second that it takes from a sending number of each kind; a kind that is absent has no limit."""
        ...

    def send(self, batch: Sequence[OutboundText], now: datetime) -> Sequence[Answer | Receipt]:
        """Take texts. The result is in the order in which it came back: a receipt can precede its answer."""
        ...

    def collect(self, now: datetime) -> Sequence[Receipt | InboundText]:
        """What has come in until `now`, oldest first; the same again until it is acknowledged."""
        ...

    def acknowledge(self, reports: Sequence[Receipt | InboundText]) -> None:
        """Say that these are stored, and need not be offered again."""
        ...

    def find(self, references: Sequence[int]) -> Mapping[int, str | None]:
        """The carrier's id of each text, None where it never took the text; absent where it cannot say."""
        ...

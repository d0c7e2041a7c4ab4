"""The settings of SMS, one field each with its section, label, help and default."""

import re
from datetime import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from segql.sms.errors import SmsCode, SmsError
from segql.sms.keywords.match import Policy
from segql.sms.quiet import Week, every_day, whole_week
from segql.sms.wording import fill, require_known

if TYPE_CHECKING:
    import duckdb

SECTION = "sms"

# Whom an automatic answer can go to, where a text is no keyword.
Audience = Literal["nobody", "not_consented", "everybody"]
# The replies that the account words. The auto-response goes out where no keyword is recognized.
Reply = Literal["opt_in", "opt_out", "help", "double_opt_in", "auto"]
# A month with more marketing messages than so many wears people out.
ADVISED_CAP = 6

_Address = Annotated[str, Field(pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
_ReplyText = Annotated[str, Field(min_length=1, max_length=600)]


def _setting(
    section: str,
    label: str,
    help: str,
    default: Any,
    *,
    example: str | None = None,
    choices: dict[str, str] | None = None,
    **limits: Any,
) -> Any:
    """A setting. `section`: the one of `SECTIONS` that it is in; `choices`: the words of each value that it can have."""
    known: dict[str, Any] = {"section": section, "example": example, "choices": choices}
    return Field(default, title=label, description=help, json_schema_extra=known, **limits)


# The parts in which the settings are shown: title, and what they are about. A setting names its own.
SECTIONS = {
    "add-ons": (
        "Message add-ons",
        "What stands before and after every text, so that people know whom it is from.",
    ),
    "consent": ("Consent and keywords", "What is answered to those who join, leave or ask for help."),
    "other": ("Other texts", "What happens to texts in which no keyword is recognized."),
    "sending": ("Sending", "How often and when people are texted."),
    "tracking": ("Tracking", "What counts as the success of a text."),
}


class SmsSettings(BaseModel):
    """Everything that an account can set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefix: str = _setting(
        "add-ons",
        "Organization prefix",
        "Put before every text, so that people know whom it is from. Recommended.",
        "",
        example="Harbor Lane",
        max_length=30,
    )
    opt_out_language: str = _setting(
        "add-ons",
        "Opt-out language",
        "Put after every text. It has to contain the word STOP.",
        "Reply STOP to opt out",
        max_length=80,
    )
    contact_email: _Address = _setting(
        "consent",
        "Contact address",
        "Where people who ask for help can write to; put into the reply to HELP.",
        "",
        example="care@example.com",
    )
    opt_in_reply: _ReplyText = _setting(
        "consent",
        "Reply to JOIN",
        "Sent once to everybody who subscribes by a keyword.",
        "You are subscribed. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
    )
    opt_out_reply: _ReplyText = _setting(
        "consent",
        "Reply to STOP",
        "The one confirmation of an opt-out. It may not advertise.",
        "You are unsubscribed and will get no more texts. Reply START to subscribe again.",
    )
    help_reply: _ReplyText = _setting(
        "consent",
        "Reply to HELP and INFO",
        "Sent to anyone who asks, subscribed or not.",
        "Msg & data rates may apply. Reply STOP to opt out.",
    )
    double_opt_in_reply: _ReplyText = _setting(
        "consent",
        "Request for a double opt-in",
        "Sent once to everybody who has to confirm a subscription.",
        "Reply YES to get our texts. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
    )
    double_opt_in_hours: int = _setting(
        "consent",
        "Time to confirm",
        "Hours after which a subscription that was not confirmed lapses.",
        48,
        ge=1,
        le=720,
    )
    auto_respond_to: Audience = _setting(
        "other",
        "Answer texts that are no keywords",
        "nobody; not_consented: those who never subscribed; everybody.",
        "nobody",
        choices={
            "nobody": "Answer nobody",
            "not_consented": "Answer those who never subscribed",
            "everybody": "Answer everybody",
        },
    )
    auto_reply: _ReplyText = _setting(
        "other",
        "Automatic answer",
        "Sent where no keyword is recognized. It costs credits, and never goes to who opted out.",
        "{{ organization_prefix }}: We are unable to respond as you have not consented to receive SMS.",
    )
    forward_to: _Address = _setting(
        "other",
        "Forward texts to",
        "The address that texts which are no keywords are forwarded to; none where it is empty.",
        "",
        example="desk@example.com",
    )
    smart_sending_hours: int = _setting(
        "sending",
        "Smart Sending window",
        "Hours in which a number gets no second marketing message.",
        24,
        ge=1,
        le=720,
    )
    frequency_cap: int | None = _setting(
        "sending",
        "Messages a month",
        "The most marketing messages a number gets in any 30 days; none for no limit.",
        6,
        ge=1,
    )
    quiet_hours: bool = _setting(
        "sending",
        "Quiet hours",
        "Whether people are left alone at night; without them, what the law says of their places holds.",
        True,
    )
    quiet_hours_end: time = _setting(
        "sending", "Texts from", "The local time from which people may be texted.", time(8)
    )
    quiet_hours_start: time = _setting(
        "sending", "Texts until", "The local time from which people are left alone.", time(21)
    )
    filtered_percent: int | None = _setting(
        "sending",
        "Pause at filtered texts",
        "A campaign pauses itself when carriers take more than this percentage of its last texts for spam; none for never.",
        10,
        ge=1,
        le=100,
    )
    opt_out_policy: Policy = _setting(
        "sending",
        "Opt-out words inside a sentence",
        "ask: somebody decides, and marketing waits; contains: it opts out; exact: nothing.",
        "ask",
        choices={
            "ask": "Somebody decides, and marketing to the number waits",
            "contains": "They opt out",
            "exact": "Only a text that is nothing but such a word opts out",
        },
    )
    conversion_window_hours: int = _setting(
        "tracking",
        "Conversion window",
        "Hours after a click in which an order counts as the message's.",
        24,
        ge=1,
        le=2160,
    )
    shorten_links: bool = _setting(
        "tracking", "Shorten links", "Links are short, and clicks on them are counted.", True
    )
    link_host: str = _setting(
        "tracking",
        "Host of short links",
        "The host name that short links lead through.",
        "links.example.com",
        example="links.example.com",
        pattern=r"^[a-z0-9.-]{1,60}$",
    )

    @field_validator("opt_out_language")
    @classmethod
    def _says_stop(cls, value: str) -> str:
        if not re.search(r"\bSTOP\b", value, re.IGNORECASE):
            raise ValueError("the opt-out language has to contain the word STOP")
        return value

    @field_validator("opt_in_reply", "opt_out_reply", "help_reply", "double_opt_in_reply", "auto_reply")
    @classmethod
    def _can_be_filled(cls, value: str) -> str:
        require_known(value)
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> "SmsSettings":
        if self.quiet_hours_end >= self.quiet_hours_start:
            # The error's type says which setting it is about.
            raise PydanticCustomError(
                "quiet_hours_start", "texts have to start, in the morning, before they end, in the evening"
            )
        replies = (
            self.opt_in_reply,
            self.opt_out_reply,
            self.help_reply,
            self.double_opt_in_reply,
            self.auto_reply,
        )
        if not self.contact_email and any("email" in fill(reply)[1] for reply in replies):
            raise PydanticCustomError(
                "contact_email", "a reply uses {{ email }}, and there is no contact_email"
            )
        return self

    @property
    def week(self) -> Week:
        """When the account lets people be texted, by their own clocks."""
        return every_day((self.quiet_hours_end, self.quiet_hours_start)) if self.quiet_hours else whole_week()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed and not advised, a sentence each."""
        found = {
            "Without a prefix people do not know whom a text is from.": not self.prefix,
            f"More than {ADVISED_CAP} messages a month wear people out.": self.frequency_cap is None
            or self.frequency_cap > ADVISED_CAP,
            "Without quiet hours people are woken where no law forbids it.": not self.quiet_hours,
            "Nobody is told of texts that are no keywords: there is no address to forward them to.": not self.forward_to,
        }
        return tuple(words for words, holds in found.items() if holds)

    def reply(self, kind: Reply) -> str:
        """The text of a reply: whom it is from, for HELP where to write to, and its words."""
        words: str = getattr(self, f"{kind}_reply")
        text, used = fill(words, organization_prefix=self.prefix, email=self.contact_email)
        contact = kind == "help" and self.contact_email and "email" not in used
        start = f"{self.prefix}: " if self.prefix and "organization_prefix" not in used else ""
        return start + (f"Write to {self.contact_email} for help. " if contact else "") + text


def read_settings(connection: "duckdb.DuckDBPyConnection") -> SmsSettings:
    """The settings. Raises `SmsError` where SMS is not set up."""
    rows = connection.execute("SELECT document FROM settings WHERE section = ?", [SECTION]).fetchall()
    if not rows:
        raise SmsError(
            SmsCode.NOT_SET_UP, "SMS is not set up.", "An owner or an admin can set it up: segql sms setup."
        )
    return SmsSettings.model_validate_json(rows[0][0])

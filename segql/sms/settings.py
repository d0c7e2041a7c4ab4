"""The settings of SMS, one field each with label, help and default; reading and changing them."""

import re
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from segql.sms.audit import By, Change, as_json, log_changes
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


class SmsSettings(BaseModel):
    """Everything that an account can set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefix: str = Field(
        "",
        max_length=30,
        title="Organization prefix",
        description="Put before every text, so that people know whom it is from. Recommended.",
    )
    opt_out_language: str = Field(
        "Reply STOP to opt out",
        max_length=80,
        title="Opt-out language",
        description="Put after every text. It has to contain the word STOP.",
    )
    contact_email: _Address = Field(
        "",
        title="Contact address",
        description="Where people who ask for help can write to; put into the reply to HELP.",
    )
    opt_in_reply: _ReplyText = Field(
        "You are subscribed. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
        title="Reply to JOIN",
        description="Sent once to everybody who subscribes by a keyword.",
    )
    opt_out_reply: _ReplyText = Field(
        "You are unsubscribed and will get no more texts. Reply START to subscribe again.",
        title="Reply to STOP",
        description="The one confirmation of an opt-out. It may not advertise.",
    )
    help_reply: _ReplyText = Field(
        "Msg & data rates may apply. Reply STOP to opt out.",
        title="Reply to HELP and INFO",
        description="Sent to anyone who asks, subscribed or not.",
    )
    double_opt_in_reply: _ReplyText = Field(
        "Reply YES to get our texts. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
        title="Request for a double opt-in",
        description="Sent once to everybody who has to confirm a subscription.",
    )
    double_opt_in_hours: int = Field(
        48,
        ge=1,
        le=720,
        title="Time to confirm",
        description="Hours after which a subscription that was not confirmed lapses.",
    )
    auto_respond_to: Audience = Field(
        "nobody",
        title="Answer texts that are no keywords",
        description="nobody; not_consented: those who never subscribed; everybody.",
    )
    auto_reply: _ReplyText = Field(
        "{{ organization_prefix }}: We are unable to respond as you have not consented to receive SMS.",
        title="Automatic answer",
        description="Sent where no keyword is recognized. It costs credits, and never goes to who opted out.",
    )
    forward_to: _Address = Field(
        "",
        title="Forward texts to",
        description="The address that texts which are no keywords are forwarded to; none where it is empty.",
    )
    opt_out_policy: Policy = Field(
        "ask",
        title="Opt-out words inside a sentence",
        description="ask: somebody decides, and marketing waits; contains: it opts out; exact: nothing.",
    )
    smart_sending_hours: int = Field(
        24,
        ge=1,
        le=720,
        title="Smart Sending window",
        description="Hours in which a number gets no second marketing message.",
    )
    quiet_hours: bool = Field(
        True,
        title="Quiet hours",
        description="Whether people are left alone at night; without them, what the law says of their places holds.",
    )
    quiet_hours_end: time = Field(
        time(8), title="Texts from", description="The local time from which people may be texted."
    )
    quiet_hours_start: time = Field(
        time(21), title="Texts until", description="The local time from which people are left alone."
    )
    frequency_cap: int | None = Field(
        6,
        ge=1,
        title="Messages a month",
        description="The most marketing messages a number gets in any 30 days; none for no limit.",
    )
    conversion_window_hours: int = Field(
        24,
        ge=1,
        le=2160,
        title="Conversion window",
        description="Hours after a click in which an order counts as the message's.",
    )
    shorten_links: bool = Field(
        True, title="Shorten links", description="Links are short, and clicks on them are counted."
    )
    link_host: str = Field(
        "links.example.com",
        pattern=r"^[a-z0-9.-]{1,60}$",
        title="Host of short links",
        description="The host name that short links lead through.",
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
            raise ValueError("texts have to start, in the morning, before they end, in the evening")
        replies = (
            self.opt_in_reply,
            self.opt_out_reply,
            self.help_reply,
            self.double_opt_in_reply,
            self.auto_reply,
        )
        if not self.contact_email and any("email" in fill(reply)[1] for reply in replies):
            raise ValueError("a reply uses {{ email }}, and there is no contact_email")
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


def are_saved(connection: "duckdb.DuckDBPyConnection") -> bool:
    """Whether SMS has been set up."""
    return bool(connection.execute("SELECT 1 FROM settings WHERE section = ?", [SECTION]).fetchall())


def changed(settings: SmsSettings, changes: dict[str, Any]) -> SmsSettings:
    """The settings with changes. Raises `SmsError` for an unknown setting or a value that does not fit."""
    try:
        return SmsSettings.model_validate({**settings.model_dump(), **changes})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "quiet_hours_start"
        known = ", ".join(SmsSettings.model_fields)
        remedy = (
            f"The settings are: {known}." if where not in SmsSettings.model_fields else "Nothing was changed."
        )
        reason = first["msg"].removeprefix("Value error, ")
        raise SmsError(SmsCode.INVALID_SETTING, f"{where}: {reason}.", remedy) from error


def save_settings(
    connection: "duckdb.DuckDBPyConnection",
    settings: SmsSettings,
    before: SmsSettings | None,
    by: By,
    at: datetime,
) -> None:
    """Keep the settings and log what differs from `before`."""
    after_values = settings.model_dump(mode="json")
    before_values = before.model_dump(mode="json") if before else {}
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", [SECTION, settings.model_dump_json()])
    log_changes(
        connection,
        by,
        at,
        [
            Change(name, as_json(before_values[name]) if before else None, as_json(value))
            for name, value in after_values.items()
            if before is None or before_values[name] != value
        ],
    )

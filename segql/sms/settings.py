"""The settings of SMS, one field each with label, help and default; who may change them; the log of changes."""

import json
import re
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from segql.sms.errors import SmsCode, SmsError
from segql.sms.instants import stored
from segql.sms.keywords.match import Policy

if TYPE_CHECKING:
    import duckdb

SECTION = "sms"
ROLES_THAT_CHANGE = ("owner", "admin")

# What a sending number can be.
NumberKind = Literal["toll_free", "short_code", "long_code"]


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
    contact_email: str = Field(
        "",
        title="Contact address",
        description="Where people who ask for help can write to; put into the reply to HELP.",
    )
    opt_in_reply: str = Field(
        "You are subscribed. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
        min_length=1,
        title="Reply to JOIN",
        description="Sent once to everybody who subscribes by a keyword.",
    )
    opt_out_reply: str = Field(
        "You are unsubscribed and will get no more texts. Reply START to subscribe again.",
        min_length=1,
        title="Reply to STOP",
        description="The one confirmation of an opt-out. It may not advertise.",
    )
    help_reply: str = Field(
        "Msg & data rates may apply. Reply STOP to opt out.",
        min_length=1,
        title="Reply to HELP and INFO",
        description="Sent to anyone who asks, subscribed or not.",
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

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "SmsSettings":
        if self.quiet_hours_end >= self.quiet_hours_start:
            raise ValueError("texts have to start, in the morning, before they end, in the evening")
        return self

    @property
    def window(self) -> tuple[time, time]:
        """When people may be texted, by their own clocks."""
        return self.quiet_hours_end, self.quiet_hours_start

    def reply(self, kind: Literal["opt_in", "opt_out", "help"]) -> str:
        """The text of a mandatory reply: whom it is from, for HELP where to write to, and its words."""
        start = f"{self.prefix}: " if self.prefix else ""
        contact = f"Write to {self.contact_email} for help. " if kind == "help" and self.contact_email else ""
        words: str = getattr(self, f"{kind}_reply")
        return start + contact + words


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


def require_role(role: str) -> None:
    """Raise `SmsError` where a role may not set up SMS or change its settings."""
    if role not in ROLES_THAT_CHANGE:
        raise SmsError(
            SmsCode.NOT_PERMITTED,
            f'The role "{role}" may not set up SMS or change its settings.',
            "Ask an owner or an admin of the account.",
        )


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
    by: tuple[str, str],
    at: datetime,
) -> None:
    """Keep the settings and log what differs from `before`. `by`: the actor and the role."""
    after_values = settings.model_dump(mode="json")
    before_values = before.model_dump(mode="json") if before else {}
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", [SECTION, settings.model_dump_json()])
    changes = [
        [name, json.dumps(before_values[name]) if before else None, json.dumps(value)]
        for name, value in after_values.items()
        if before is None or before_values[name] != value
    ]
    connection.execute(
        """INSERT INTO sms_settings_log
        SELECT $at, $actor, $role, change[1], change[2], change[3]
        FROM (SELECT unnest($changes::VARCHAR[][]) AS change)""",
        {"at": stored(at), "actor": by[0], "role": by[1], "changes": changes},
    )

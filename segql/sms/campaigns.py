"""Campaigns: one message to one audience, as it is written and as the store has it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from segql.sms.audience import Conditions, conditions
from segql.sms.audit import By, Change, as_json, log_changes
from segql.sms.coupons import pools
from segql.sms.errors import SmsCode, SmsError
from segql.sms.gates import Purpose
from segql.sms.render import Text, read_text
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store

Kind = Literal["campaign", "flow"]
Status = Literal["draft", "scheduled", "running", "paused", "stopped", "cancelled"]


@dataclass(frozen=True)
class Campaign:
    """A message to everybody in any of `include` and none of `exclude`: conditions, or segments' names.

    `text` is a Jinja2 template over the attributes, with link("https://...") for links that are counted and
    coupon("Pool") for a code of one's own. `picture`: the address of a picture that goes with it.
    """

    name: str
    include: tuple[str, ...]
    text: str
    exclude: tuple[str, ...] = ()
    transactional: bool = False
    picture: str | None = None

    @property
    def purpose(self) -> Purpose:
        """What consent it needs."""
        return "transactional" if self.transactional else "marketing"

    def definition(self) -> str:
        """What it says, as JSON."""
        said: dict[str, Any] = {
            "include": list(self.include),
            "exclude": list(self.exclude),
            "text": self.text,
            "transactional": self.transactional,
        }
        return json.dumps(said | ({"picture": self.picture} if self.picture else {}))

    @classmethod
    def defined(cls, name: str, definition: str) -> "Campaign":
        """The campaign that was stored with this definition."""
        said = json.loads(definition)
        include, exclude = tuple(said.pop("include")), tuple(said.pop("exclude"))
        return cls(name, include, exclude=exclude, **said)


@dataclass(frozen=True)
class Stored:
    """A campaign as the store has it. `local_time`: the time of the recipients' clocks at which it is sent."""

    campaign_id: int
    same: bool
    status: Status
    local_time: datetime | None


def read_campaign(
    store: "Store",
    connection: "duckdb.DuckDBPyConnection",
    campaign: Campaign,
    settings: SmsSettings,
    at: datetime,
) -> tuple[Text, Conditions]:
    """A campaign's text and conditions, read. Raises `SmsError` and `segql.DefinitionError`."""
    if not campaign.name.strip() or not campaign.include:
        raise SmsError(
            SmsCode.INVALID_CAMPAIGN,
            "A campaign needs a name, and somebody to text.",
            "Give it a name and at least one condition or segment to include.",
        )
    text = read_message(connection, campaign.text, campaign.picture, settings)
    return text, conditions(store, campaign.include, campaign.exclude, at)


def read_message(
    connection: "duckdb.DuckDBPyConnection", text: str, picture: str | None, settings: SmsSettings
) -> Text:
    """The text of a campaign or a flow, read against the account's attributes and pools of codes."""
    attributes = [
        name for (name,) in connection.execute("SELECT name FROM attributes ORDER BY key").fetchall()
    ]
    return read_text(text, attributes, settings, pools(connection), picture)


def require_texts(connection: "duckdb.DuckDBPyConnection") -> None:
    """Raise `SmsError` where the text cannot be made for somebody of `verdicts` who would get it, now or later."""
    rows = connection.execute(
        """SELECT any_value(problem), count(*) FROM verdicts JOIN texts USING (text_id)
        WHERE outcome <> 'skip' AND problem IS NOT NULL"""
    ).fetchall()
    problem, people = rows[0]
    if people:
        raise SmsError(
            SmsCode.MISSING_VALUE,
            f"{problem} (people concerned: {people})",
            "Give a default, for instance {{ first_name | default('there') }}.",
        )


def find(connection: "duckdb.DuckDBPyConnection", campaign: Campaign) -> Stored | None:
    """The stored campaign of the name. Raises `SmsError` where that is another one."""
    rows = connection.execute(
        """SELECT campaign_id, kind = 'campaign' AND definition = $definition, status, local_time
        FROM sms_campaigns WHERE key = $key""",
        {"definition": campaign.definition(), "key": campaign.name.casefold()},
    ).fetchall()
    if not rows:
        return None
    found = Stored(*rows[0])
    if not found.same:
        raise SmsError(
            SmsCode.CAMPAIGN_EXISTS,
            f'Another campaign or flow has the name "{campaign.name}".',
            "Give this one a name of its own.",
        )
    return found


def log_campaign(
    connection: "duckdb.DuckDBPyConnection",
    name: str,
    before: str | None,
    after: str | None,
    by: By,
    at: datetime,
) -> None:
    """Write down who did something about a campaign or flow: what it was, and what it is."""
    change = Change(f"campaign {name}", before and as_json(before), after and as_json(after))
    log_changes(connection, by, at, [change])


def campaign_id_of(connection: "duckdb.DuckDBPyConnection", name: str) -> int:
    """The campaign or flow of that name in any case. Raises `SmsError` where there is none."""
    rows = connection.execute(
        "SELECT campaign_id FROM sms_campaigns WHERE key = ?", [name.casefold()]
    ).fetchall()
    if not rows:
        raise SmsError(
            SmsCode.UNKNOWN_CAMPAIGN,
            f'There is no campaign or flow "{name}".',
            "Check the name, or send it first.",
        )
    return int(rows[0][0])

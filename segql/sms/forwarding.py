"""Texts that are no keywords, forwarded by e-mail. Each waits in the store until the mail server has taken it."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from segql.runtime.store.database import Database
from segql.sms.harmless import harmless
from segql.sms.instants import aware, stored
from segql.sms.mail import MailServer, MailServerError
from segql.sms.settings import SmsSettings

if TYPE_CHECKING:
    import duckdb

# The wait after the first failure; each further one is twice as long, up to the longest.
RETRY = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)


def forward(
    connection: "duckdb.DuckDBPyConnection", inbound_id: int, settings: SmsSettings, at: datetime
) -> None:
    """Note that a text has to be forwarded, where the account wants that."""
    if settings.forward_to:
        connection.execute(
            "INSERT INTO sms_forwards (inbound_id, address, attempts, due_at) VALUES (?, ?, 0, ?)",
            [inbound_id, settings.forward_to, stored(at)],
        )


def send_forwards(database: Database, server: MailServer, at: datetime) -> int:
    """Mail every text that is due; how many the server took. What it did not take is tried again, later and later.

    A mail is sent twice where we end between the server's answer and our note of it; its id is the same then.
    """
    with database.cursor() as cursor:
        waiting = cursor.execute(
            """SELECT f.inbound_id, f.address, f.attempts, i.sender, i.body, i.pictures, i.occurred_at,
              nullif(concat_ws(' ', p.first_name, p.last_name), ''), i.meaning
            FROM sms_forwards f JOIN sms_inbound i USING (inbound_id)
            LEFT JOIN profiles p ON p.profile_id = i.profile_id WHERE f.due_at <= ? ORDER BY f.inbound_id""",
            [stored(at)],
        ).fetchall()
    sent = 0
    for inbound_id, address, attempts, *text in waiting:
        try:
            server.deliver(_mail(server.sender, address, inbound_id, *text))
        except MailServerError as error:
            _put_off(database, inbound_id, attempts, str(error), at)
            continue
        with database.transaction() as connection:
            connection.execute("DELETE FROM sms_forwards WHERE inbound_id = ?", [inbound_id])
        sent += 1
    return sent


def count_waiting(connection: "duckdb.DuckDBPyConnection") -> int:
    """How many texts wait to be forwarded."""
    return int(connection.execute("SELECT count(*) FROM sms_forwards").fetchall()[0][0])


def _put_off(database: Database, inbound_id: int, attempts: int, failure: str, at: datetime) -> None:
    wait = min(RETRY * 2 ** min(attempts, 20), LONGEST_WAIT)
    with database.transaction() as connection:
        connection.execute(
            "UPDATE sms_forwards SET attempts = attempts + 1, due_at = ?, failure = ? WHERE inbound_id = ?",
            [stored(at + wait), failure[:500], inbound_id],
        )


def _mail(
    sender: str,
    address: str,
    inbound_id: int,
    number: str,
    body: str,
    pictures: int,
    occurred_at: datetime,
    name: str | None,
    meaning: str,
) -> EmailMessage:
    mail = EmailMessage()
    who: Any = f"{_line(name)} ({number})" if name else number
    mail["From"], mail["To"] = sender, address
    mail["Subject"] = f"Text from {who}"
    mail["Date"] = format_datetime(aware(occurred_at))
    mail["Message-ID"] = (
        f"<sms-{inbound_id}-{int(aware(occurred_at).timestamp())}@{sender.rpartition('@')[2]}>"
    )
    notes = [f"With {pictures} picture(s), which are not kept." if pictures else ""]
    notes += ["It may be an opt-out: decide about it in the inbox." if meaning == "review" else ""]
    mail.set_content("\n\n".join(filter(None, (harmless(body), *notes))) + "\n")
    return mail


def _line(name: str) -> str:
    """A name as one line of a mail's head."""
    return " ".join(harmless(name).split())[:100]

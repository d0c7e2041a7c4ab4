"""The simulated carrier: a telephone network in a small database of its own, deterministic by its seed.

It behaves to each text in one of ten ways, remembers what it was given, as a network does whatever becomes of
us, and has a phone to text from.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Lock
from typing import Any, Literal

from segql.sms.carriers.base import Answer, InboundText, OutboundText, Receipt
from segql.sms.carriers.behaviours import BEHAVIOURS, REASONS, STATUS, Behaviour
from segql.sms.pictures import form_of

# What the network's memory is made of, step by step; `user_version` says how many a file has had.
_STEPS = (
    """
CREATE TABLE IF NOT EXISTS texts (
  carrier_id TEXT PRIMARY KEY, reference INTEGER, sender TEXT, number TEXT, body TEXT, taken_at REAL
);
CREATE INDEX IF NOT EXISTS texts_by_reference ON texts (reference);
CREATE TABLE IF NOT EXISTS turned_away (reference INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS receipts (
  report_id INTEGER PRIMARY KEY, carrier_id TEXT, word TEXT, reason TEXT, due_at REAL,
  stored INTEGER DEFAULT 0
);
CREATE TABLE IF NOT EXISTS inbound (
  report_id INTEGER PRIMARY KEY, sender TEXT, body TEXT, due_at REAL, stored INTEGER DEFAULT 0
);
""",
    """
ALTER TABLE inbound ADD COLUMN recipient TEXT NOT NULL DEFAULT '+18885550100';
CREATE INDEX IF NOT EXISTS texts_by_number ON texts (number);
CREATE INDEX IF NOT EXISTS receipts_by_text ON receipts (carrier_id);
CREATE INDEX IF NOT EXISTS inbound_by_sender ON inbound (sender);
""",
    """
ALTER TABLE texts ADD COLUMN picture TEXT;
CREATE TABLE pictures (report_id INTEGER PRIMARY KEY, type TEXT, content BLOB);
""",
)


@dataclass(frozen=True)
class TakenText:
    """A text as the network got it."""

    carrier_id: str
    reference: int
    sender: str
    number: str
    body: str
    taken_at: datetime


@dataclass(frozen=True)
class PhoneText:
    """A text as the phone with a number shows it. `ours`: our sending number. `sent`: the phone sent it. `status`: of one
    that it gets, what the network has said of it; None while it is on its way. `picture`: the address of the one that came
    with it. `sent_picture`: what the phone sent along, by its number at the network."""

    at: datetime
    ours: str
    body: str
    sent: bool
    status: Literal["sent", "delivered", "failed"] | None
    picture: str | None
    sent_picture: int | None


def memory_beside(store: str | Path) -> Path:
    """Where the simulated carrier of a store keeps its memory, so that it lasts from one command to the next."""
    return Path(f"{store}.carrier")


class SimulatedCarrier:
    """A carrier of its own kind: see `segql.sms.carriers.base.Carrier` for the methods all carriers have.

    `by_digit`: the last digit of a number decides how its texts fare (`BEHAVIOURS`); else each fares at
    random by `seed`, in the shares seen in real life. `path` keeps the network's memory in a file, so that it
    outlives the process. `rates`: parts a second that it takes from a number of each kind, else any number.
    """

    name = "simulated"
    sending_number = "+18885550100"

    def __init__(
        self,
        seed: int = 0,
        *,
        by_digit: bool = False,
        path: str | Path = ":memory:",
        rates: Mapping[str, float] | None = None,
    ) -> None:
        self.rates: Mapping[str, float] = rates or {}
        self.fault: str | None = None
        """While it is set, no text is taken, for this reason: the account is "suspended", say."""
        self.opted_out: set[str] = set()
        """Numbers that have opted out at the carrier, which refuses their texts."""
        self._seed = seed
        self._by_digit = by_digit
        self._lock = Lock()
        self._memory = sqlite3.connect(path, check_same_thread=False)
        # Survives the death of a process, which is all that a simulation has to.
        self._memory.execute("PRAGMA synchronous = OFF")
        (taken,) = self._memory.execute("PRAGMA user_version").fetchone()
        for number, step in enumerate(_STEPS[taken:], taken + 1):
            self._memory.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")

    def close(self) -> None:
        """Close the network's memory."""
        self._memory.close()

    def send(self, batch: Sequence[OutboundText], now: datetime) -> list[Answer | Receipt]:
        """Take the texts, and answer each as its number, or chance, has it."""
        with self._lock, self._memory:
            return [report for text in batch for report in self._take(text, now)]

    def _take(self, text: OutboundText, now: datetime) -> Iterator[Answer | Receipt]:
        chance = Random(f"{self._seed} {text.number} {text.reference}")  # noqa: S311 - no secret
        behaviour = self._behaviour(text.number, chance)
        if self.fault:
            yield Answer(text.reference, "fault", reason=self.fault)
            return
        if refused := "opted_out" if text.number in self.opted_out else behaviour.refused:
            yield Answer(text.reference, "refused", reason=refused)
            return
        if behaviour.busy_once and self._turn_away(text.reference):
            yield Answer(text.reference, "busy")
            return
        carrier_id = f"S{self._seed:x}-{self._next_text():08}"
        self._memory.execute(
            "INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?, ?)",
            (carrier_id, text.reference, text.sender, text.number, text.text, now.timestamp(), text.picture),
        )
        arrives = now
        for word in behaviour.receipts:
            arrives += timedelta(seconds=0 if behaviour.receipt_first else chance.randint(1, 120))
            if text.valid_until is not None and arrives > text.valid_until:
                word = "EXPIRED"
            receipt = self._post(carrier_id, word, arrives)
            if behaviour.receipt_first:
                yield receipt
        yield Answer(text.reference, "accepted", carrier_id)

    def _behaviour(self, number: str, chance: Random) -> Behaviour:
        if self._by_digit:
            return BEHAVIOURS[int(number[-1])]
        return chance.choices(BEHAVIOURS, [behaviour.share for behaviour in BEHAVIOURS])[0]

    def _turn_away(self, reference: int) -> bool:
        known = "INSERT OR IGNORE INTO turned_away VALUES (?)"
        return self._memory.execute(known, (reference,)).rowcount == 1

    def _next_text(self) -> int:
        return int(self._memory.execute("SELECT coalesce(max(rowid), 0) + 1 FROM texts").fetchone()[0])

    def _post(self, carrier_id: str, word: str, at: datetime) -> Receipt:
        entry = (carrier_id, word, REASONS.get(word), at.timestamp())
        added = self._memory.execute(
            "INSERT INTO receipts (carrier_id, word, reason, due_at) VALUES (?, ?, ?, ?)", entry
        )
        return _receipt(added.lastrowid, *entry)

    def collect(self, now: datetime) -> list[Receipt | InboundText]:
        """Receipts and customers' texts due by `now` and not acknowledged, oldest first."""
        due = "WHERE due_at <= ? AND NOT stored ORDER BY due_at, report_id"
        receipts = self._rows(
            f"SELECT report_id, carrier_id, word, reason, due_at FROM receipts {due}",  # noqa: S608 - constant
            now.timestamp(),
        )
        inbound = self._rows(
            f"""SELECT report_id, sender, recipient, body, due_at, report_id IN (SELECT report_id FROM pictures)
            FROM inbound {due}""",  # noqa: S608 - constant
            now.timestamp(),
        )
        reports: list[Receipt | InboundText] = [_receipt(*row) for row in receipts]
        for report_id, sender, recipient, body, due_at, pictures in inbound:
            reports.append(InboundText(f"I{report_id}", sender, recipient, body, _instant(due_at), pictures))
        return sorted(reports, key=lambda report: report.occurred_at)

    def acknowledge(self, reports: Sequence[Receipt | InboundText]) -> None:
        """Not to be offered again."""
        with self._lock, self._memory:
            for table, kind in (("receipts", Receipt), ("inbound", InboundText)):
                self._memory.executemany(
                    f"UPDATE {table} SET stored = 1 WHERE report_id = ?",  # noqa: S608 - constant
                    [(int(report.report_id[1:]),) for report in reports if isinstance(report, kind)],
                )

    def find(self, references: Sequence[int]) -> Mapping[int, str | None]:
        """What became of texts in doubt: the network knows every text that it took."""
        known = {}
        for reference in references:
            rows = self._rows("SELECT carrier_id FROM texts WHERE reference = ?", reference)
            known[reference] = rows[0][0] if rows else None
        return known

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._memory.execute(query, values).fetchall()

    def text(
        self,
        from_number: str,
        body: str,
        at: datetime,
        to: str | None = None,
        picture: bytes | None = None,
    ) -> str:
        """Text one of our sending numbers (by default the first) from a phone, at an instant that `collect` will reach.
        The text's id. Raises `SmsError` for a picture that no phone would send."""
        form = form_of(picture) if picture is not None else None
        with self._lock, self._memory:
            added = self._memory.execute(
                "INSERT INTO inbound (sender, recipient, body, due_at) VALUES (?, ?, ?, ?)",
                (from_number, to or self.sending_number, body, at.timestamp()),
            )
            if form is not None:
                self._memory.execute(
                    "INSERT INTO pictures VALUES (?, ?, ?)", (added.lastrowid, form.type, picture)
                )
        return f"I{added.lastrowid}"

    def picture(self, number: str, sent_picture: int) -> tuple[str, bytes] | None:
        """The type and bytes of a picture that the phone with a number has sent; None where it sent none such."""
        rows = self._rows(
            """SELECT type, content FROM pictures JOIN inbound USING (report_id)
            WHERE sender = ? AND report_id = ?""",
            number,
            sent_picture,
        )
        return rows[0] if rows else None

    def phone(self, number: str, now: datetime, limit: int = 50) -> list[PhoneText]:
        """The last texts on the phone with a number, both ways, oldest first, as it is at `now`."""
        rows = self._rows(
            """SELECT * FROM (
              SELECT taken_at AS at, sender, body, 0 AS sent, (SELECT word FROM receipts r
                WHERE r.carrier_id = t.carrier_id AND due_at <= ?1 ORDER BY due_at, report_id LIMIT 1), picture, NULL,
                1, rowid
              FROM texts t WHERE number = ?2
              UNION ALL SELECT due_at, recipient, body, 1, NULL, NULL, p.report_id, 0, i.report_id
              FROM inbound i LEFT JOIN pictures p USING (report_id) WHERE sender = ?2 AND due_at <= ?1
              ORDER BY 1 DESC, 8 DESC, 9 DESC LIMIT ?3)""",
            now.timestamp(),
            number,
            limit,
        )
        return [
            PhoneText(_instant(at), ours, body, bool(sent), STATUS.get(word), picture, sent_picture)
            for at, ours, body, sent, word, picture, sent_picture, *_ in reversed(rows)
        ]

    def taken(self) -> list[TakenText]:
        """Every text that the network took, in order: what people's phones would show."""
        rows = self._rows(
            "SELECT carrier_id, reference, sender, number, body, taken_at FROM texts ORDER BY rowid"
        )
        return [TakenText(row[0], row[1], row[2], row[3], row[4], _instant(row[5])) for row in rows]


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _receipt(report_id: int | None, carrier_id: str, word: str, reason: str | None, due_at: float) -> Receipt:
    return Receipt(f"R{report_id}", carrier_id, word, STATUS.get(word), _instant(due_at), reason)

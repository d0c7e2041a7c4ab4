"""Answers as JSON documents: instants in UTC, days and amounts as they are written; and lengths of time in words."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

_LENGTHS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def json_text(document: object, indent: int | None = None) -> str:
    """A document as JSON; instants in UTC."""
    return json.dumps(document, ensure_ascii=False, default=_plain, indent=indent)


def instant_text(instant: datetime) -> str:
    """An instant for programs: ISO 8601 in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def duration_text(seconds: float) -> str:
    """A length of time in the unit that reads best: 40 seconds, 2.5 hours, 12 days."""
    unit, length = next((one for one in _LENGTHS if seconds >= one[1]), _LENGTHS[-1])
    count = seconds / length
    written = f"{count:,.0f}" if count >= 10 else f"{count:.1f}".removesuffix(".0")
    return f"{written} {unit}{'' if written == '1' else 's'}"


def _plain(value: object) -> object:
    match value:
        case datetime():
            return instant_text(value if value.tzinfo else value.replace(tzinfo=UTC))
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case _:
            return str(value)

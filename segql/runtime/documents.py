"""Answers as JSON documents: instants in UTC, days and amounts as they are written."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal


def json_text(document: object, indent: int | None = None) -> str:
    """A document as JSON; instants in UTC."""
    return json.dumps(document, ensure_ascii=False, default=_plain, indent=indent)


def instant_text(instant: datetime) -> str:
    """An instant for programs: ISO 8601 in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


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

"""Instants as the store keeps them: UTC, whole seconds, without a zone. Everywhere else they are aware."""

from datetime import UTC, datetime

from segql.sms.errors import SmsCode, SmsError


def stored(instant: datetime) -> datetime:
    """An aware instant as the store has it. Raises `SmsError` for one without a time zone."""
    if instant.tzinfo is None:
        raise SmsError(
            SmsCode.INVALID_INSTANT,
            f"{instant.isoformat()} has no time zone.",
            "Give one, for instance 2026-11-21T10:00:00Z.",
        )
    return instant.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def aware(instant: datetime) -> datetime:
    """An instant from the store, with its zone."""
    return instant.replace(tzinfo=UTC)

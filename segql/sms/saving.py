"""Settings changed: what is wrong with a change, in words, and what is kept and logged of one that fits."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from segql.sms.audit import By, Change, as_json, log_changes
from segql.sms.errors import SmsCode, SmsError
from segql.sms.settings import SECTION, SmsSettings

if TYPE_CHECKING:
    import duckdb
    from pydantic_core import ErrorDetails

# What is said of mistakes in place of pydantic's words, which are for programmers.
_REASONS = {
    "string_too_long": "it may have at most {max_length} characters",
    "string_too_short": "it cannot be empty",
    "greater_than_equal": "it is {ge} at least",
    "less_than_equal": "it is {le} at most",
    "int_parsing": "it is a whole number",
    "int_from_float": "it is a whole number",
    "time_parsing": "it is a time, as 08:00",
    "string_pattern_mismatch": "it is to be written as {example}",
}


def are_saved(connection: "duckdb.DuckDBPyConnection") -> bool:
    """Whether SMS has been set up."""
    return bool(connection.execute("SELECT 1 FROM settings WHERE section = ?", [SECTION]).fetchall())


def check(settings: SmsSettings, changes: dict[str, Any]) -> tuple[SmsSettings, dict[str, str]]:
    """The settings with changes, and what is wrong with them, by the setting's name; with a mistake, as they were."""
    try:
        return SmsSettings.model_validate({**settings.model_dump(), **changes}), {}
    except ValidationError as error:
        faults: dict[str, str] = {}
        for one in error.errors(include_url=False, include_input=False):
            where = str(one["loc"][0]) if one["loc"] else one["type"]
            faults.setdefault(where, _reason(where, one))
        return settings, faults


def _reason(where: str, error: "ErrorDetails") -> str:
    field = SmsSettings.model_fields.get(where)
    extra = field.json_schema_extra if field else None
    known = {**error.get("ctx", {}), "example": extra.get("example") if isinstance(extra, dict) else None}
    words = _REASONS.get(error["type"])
    return words.format(**known) if words else error["msg"].removeprefix("Value error, ")


def changed(settings: SmsSettings, changes: dict[str, Any]) -> SmsSettings:
    """The settings with changes. Raises `SmsError` for an unknown setting or a value that does not fit."""
    after, faults = check(settings, changes)
    for where, reason in faults.items():
        known = ", ".join(SmsSettings.model_fields)
        remedy = (
            f"The settings are: {known}." if where not in SmsSettings.model_fields else "Nothing was changed."
        )
        raise SmsError(SmsCode.INVALID_SETTING, f"{where}: {reason}.", remedy)
    return after


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

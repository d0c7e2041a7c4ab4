"""Phone numbers as they are dialled from anywhere (E.164), and the country that a number belongs to."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from segql.runtime.store.sql import registered

if TYPE_CHECKING:
    import duckdb


# Fewer numbers are read sooner than they are looked for among everybody's.
_MANY = 200


class Number(NamedTuple):
    """A phone number. `text`: E.164 where valid, else as it came, trimmed. `country`: ISO 3166, where it
    has one."""

    text: str
    valid: bool
    country: str | None


@lru_cache(maxsize=100_000)
def read_number(text: str, country: str) -> Number:
    """Read a number; one without a country code is read as a number of `country` (ISO 3166).

    Words for numbers ("1-800-FLOWERS"), extensions and short codes are not valid: no text message reaches
    them.
    """
    import phonenumbers

    trimmed = text.strip()
    if any(character.isalpha() for character in trimmed):
        return Number(trimmed, valid=False, country=None)
    try:
        number = phonenumbers.parse(trimmed, country)
    except phonenumbers.NumberParseException:
        return Number(trimmed, valid=False, country=None)
    # As `is_valid_number` does, which looks for the region by itself: that is half of the work.
    region = phonenumbers.region_code_for_number(number)
    if number.extension or region is None or not phonenumbers.is_valid_number_for_region(number, region):
        return Number(trimmed, valid=False, country=None)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Number(written, valid=True, country=None if region == "001" else region)


def read_numbers(
    texts: Sequence[str | None], country: str, known: Mapping[str, str | None]
) -> list[Number | None]:
    """Read many numbers, each different text once. `known`: valid E.164 numbers with their countries, which a
    store has read before and which need no reading again."""
    found: dict[str | None, Number | None] = {None: None}
    for text in texts:
        if text is not None and text not in found:
            found[text] = Number(text, True, known[text]) if text in known else read_number(text, country)
    return [found[text] for text in texts]


def known_numbers(connection: "duckdb.DuckDBPyConnection", texts: Any) -> dict[str, str | None]:
    """Those of an Arrow array of texts that are numbers of the store's profiles, valid and E.164, with
    their countries."""
    import pyarrow as pa

    if len(texts) < _MANY:
        return {}
    with registered(connection, "asked_numbers", pa.table({"text": texts})):
        rows = connection.execute(
            """SELECT phone_number, any_value(phone_country) FROM profiles
            WHERE phone_valid AND phone_number IN (SELECT text FROM asked_numbers) GROUP BY phone_number"""
        ).fetchall()
    return dict(rows)

"""Numbers, amounts of money, days and words as they are written."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

WholeNumber = Annotated[int, Meta(ge=0)]
# What a define, its parameters and calls are named by. `(?!\n)`: `$` alone would let a line end stand behind it.
Word = Annotated[str, Meta(pattern=r"^[^\W\d]\w*(?:\.[^\W\d]\w*)*(?!\n)$")]
WrittenDay = Annotated[
    str,
    Meta(
        pattern=r"^(?:today|yesterday|\d{4}-\d{2}-\d{2}"
        r"(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?)(?!\n)$"
    ),
]

CURRENCY_SYMBOLS = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
}


def check_finite(*numbers: Decimal | None) -> None:
    """Raise ValueError for what a Decimal can be and no written number is: infinite, or no number."""
    for number in numbers:
        if number is not None and not number.is_finite():
            raise ValueError(f"{number} is no number that can be written")


def number_text(value: Decimal) -> str:
    """A number without exponent and without zeros at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def grouped(value: Decimal) -> str:
    """A number for reading: 1,234.5."""
    whole, _, fraction = number_text(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}" + (f".{fraction}" if fraction else "")

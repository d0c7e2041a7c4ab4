"""What Shopify's queries are made of: names of things, dates and values. Its days are the shop's, whole, as they are
here in the account's zone."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from lark import Token

from segql.compiler.conditions import (
    AnyTerm,
    AnyTest,
    AnyWindow,
    Attribute,
    Between,
    Compares,
    Comparison,
    Is,
    IsBoolean,
    IsDuring,
    IsExactly,
    Not,
    Number,
    Several,
    Text,
)
from segql.compiler.conditions.days import Day
from segql.compiler.conditions.windows import BetweenAgo, BetweenDays, ByDay, Calendar
from segql.compiler.convert.report import NotCarriedError
from segql.compiler.record import Record
from segql.compiler.text import unquoted

COMPARATORS = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}
_RELATIONS = {"=": "on", ">": "after", ">=": "since", "<": "before"}
_UNITS = {"d": ("day", 1), "w": ("day", 7), "m": ("month", 1), "y": ("year", 1)}
_AGO = {"7_days_ago": "-7d", "30_days_ago": "-30d", "90_days_ago": "-90d", "12_months_ago": "-12m"}
DATES = ("DATETIME", "OFFSET", "AGO", "DAY")


class Names(Record):
    """What Shopify's facts are called here: the event of an order, the property that is its amount, its list of items,
    and the property that is the product of an item or of a viewed product."""

    orders: str = "Placed Order"
    value: str = "Total"
    items: str = "Items"
    product: str = "product_id"


@dataclass
class Converting:
    """A conversion at work. `differences`: what may differ."""

    names: Names
    differences: dict[str, None] = field(default_factory=dict)

    def may_differ(self, why: str) -> None:
        """Note once that what is asked may not be the same."""
        self.differences[why] = None


@dataclass(frozen=True)
class Asked:
    """An operator and its values: one, or for BETWEEN two, or for IN any number."""

    operator: str
    values: tuple[Token, ...]

    @property
    def is_date(self) -> bool:
        """Whether days are asked for."""
        return self.values[0].type in DATES


def compared(term: AnyTerm, asked: Asked) -> Comparison | Not | Several:
    """A comparison of a value. Who has none is in where it is another one, as in Shopify. Raises `NotCarriedError`."""
    if asked.operator == "!=":
        return Not(child=Comparison(term=term, test=_test(Asked("=", asked.values))))
    found = Comparison(term=term, test=_test(asked))
    if isinstance(term, Attribute) and asked.operator == "BETWEEN" and asked.values[1].lower() == "today":
        # What happened ends today by itself; a date may lie ahead.
        ahead = Comparison(term=term, test=IsDuring(window=ByDay(relation="after", day=Day(on="today"))))
        return Several(operator="all", children=(found, Not(child=ahead)))
    return found


def _test(asked: Asked) -> AnyTest:
    value = asked.values[0]
    if asked.is_date:
        return IsDuring(window=window(asked))
    if value.type == "NUMBER":
        return number_test(asked)
    if asked.operator != "=":
        raise NotCarriedError(f"{asked.operator} cannot be asked of this value")
    if value.type == "BOOLEAN":
        return IsBoolean(value=value.lower() == "true")
    return IsExactly(value=text(value))


def number_test(asked: Asked) -> AnyTest:
    """The test of a number. Raises `NotCarriedError`."""
    if any(value.type != "NUMBER" for value in asked.values):
        raise NotCarriedError("a number is expected here")
    numbers = [Number(value=Decimal(value)) for value in asked.values]
    match asked.operator:
        case "BETWEEN":
            return Between(low=numbers[0], high=numbers[1])
        case "=" | "!=" as operator:
            return Is(value=numbers[0], negated=operator == "!=")
        case operator if operator in COMPARATORS:
            return Compares(operator=COMPARATORS[operator], value=numbers[0])  # type: ignore[arg-type]  # of the table
        case operator:
            raise NotCarriedError(f"{operator} cannot be asked of a number")


def text(value: Token) -> Text:
    """A text in single quotes."""
    return Text(value=unquoted(value))


def window(asked: Asked) -> AnyWindow:
    """The window of a date. Raises `NotCarriedError`."""
    if not all(value.type in DATES for value in asked.values):
        raise NotCarriedError("a day is expected here")
    days = [_day(value) for value in asked.values]
    match asked.operator:
        case "=" if days[0].on in ("today", "yesterday"):
            return Calendar(which="this" if days[0].on == "today" else "last", unit="day")
        case "BETWEEN":
            return _between(*days)
        case "<=":
            return ByDay(relation="before", day=_after(days[0]))
        case operator if operator in _RELATIONS:
            return ByDay(relation=_RELATIONS[operator], day=days[0])  # type: ignore[arg-type]  # of the table
        case operator:
            raise NotCarriedError(f"{operator} cannot be asked of a day here")


def _between(first: Day, last: Day) -> AnyWindow:
    """From the beginning of one day to the end of another."""
    if last.on == "today":
        return ByDay(relation="since", day=first)
    written = (first.on, last.on)
    if all(day is not None and len(day) == len("2026-01-31") for day in written):
        return BetweenDays(first=first, last=last)
    if first.unit == last.unit == "day" and first.ago is not None and last.ago is not None:
        low, high = sorted((first.ago, last.ago))
        return BetweenAgo(low=low, high=high, unit="day")
    raise NotCarriedError("a stretch between days of two kinds is not one window here")


def _day(value: Token) -> Day:
    if value.type == "DATETIME":
        return Day(on=str(value))
    if value.type == "DAY":
        return Day(on=value.lower())
    offset = _AGO.get(value.lower(), value)
    unit, times = _UNITS[offset[-1].lower()]
    count = int(offset[:-1]) * times
    if count > 0:
        raise NotCarriedError("days to come are counted for anniversaries only")
    return Day(on="today") if count == 0 else Day(ago=-count, unit=unit)  # type: ignore[arg-type]  # of the table


def _after(day: Day) -> Day:
    """The day behind a day."""
    if day.on == "yesterday" or (day.ago == 1 and day.unit == "day"):
        return Day(on="today")
    if day.unit == "day" and day.ago is not None:
        return Day(ago=day.ago - 1, unit="day")
    if day.on is not None and len(day.on) == len("2026-01-31"):
        try:
            return Day(on=str(date.fromisoformat(day.on) + timedelta(days=1)))
        except ValueError as error:
            raise NotCarriedError(f"{day.on} is no date") from error
    raise NotCarriedError("the day behind this one cannot be named here: write < with the next day")

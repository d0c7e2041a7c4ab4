"""What the shop has written down about its people, with the gaps and slips that such records have."""

import numpy as np
import pyarrow as pa

from segql.cli.demo.columns import DAY, NEVER, Real, Text, Truth, Whole, chosen, instants, texts
from segql.cli.demo.consent import Subscription
from segql.cli.demo.geography import METROS
from segql.cli.demo.people import People
from segql.cli.demo.visits import Orders

_PREFERENCES = ("product launches", "flash sales", "events", "restocks")
_TIERS = ("Bronze", "Silver", "Gold", "Platinum")
_TIER_FROM_CENTS = (1, 150_00, 400_00, 800_00)


def profile_table(
    generator: np.random.Generator, people: People, orders: Orders, sms: Subscription, until: int
) -> pa.Table:
    """One row a person, shaped for `upsert_profiles`."""
    count = len(people)
    spent = np.bincount(orders.who, orders.cents, count)
    columns = {
        "external_id": people.external_id,
        "email": _as_typed(generator, people.email),
        "phone_number": people.phone_as_given,
        "first_name": people.first_name,
        "last_name": people.last_name,
        "gender": _genders(generator, people.woman),
        "birthday": _birthdays(generator, count, until),
        **_addresses(generator, people),
        "created": instants(people.created),
        "predicted_clv": _predicted_clv(generator, people, orders, until),
        "SMS Preferences": _preferences(generator, sms.since < NEVER),
        "Loyalty Tier": _tiers(generator, spent),
        "accepts_cookies": _gaps(generator, generator.random(count) < 0.64, 0.25),
    }
    return pa.table(columns)


def _gaps(generator: np.random.Generator, values: Text | Truth | Real, share: float) -> pa.Array:
    """The values with that share of them not known."""
    return pa.array(values, mask=generator.random(len(values)) < share)


def _as_typed(generator: np.random.Generator, emails: Text) -> Text:
    """Some people write their address in capitals."""
    shouting = generator.random(len(emails)) < 0.02
    return texts(
        [email and (email.upper() if loud else email) for email, loud in zip(emails, shouting, strict=True)]
    )


def _genders(generator: np.random.Generator, woman: Truth) -> pa.Array:
    spelling = chosen(generator, (str.lower, str.title, str.upper), len(woman), (90, 8, 2))
    words = [spell("female" if her else "male") for spell, her in zip(spelling, woman, strict=True)]
    return _gaps(generator, texts(words), 0.3)


def _birthdays(generator: np.random.Generator, count: int, until: int) -> pa.Array:
    """Dates 18 to 80 years before the shop's last day; two in five are not known."""
    days = until // DAY - (365.25 * (18 + 62 * generator.beta(1.6, 2.6, count))).astype(np.int32)
    return pa.array(days.astype(np.int32), mask=generator.random(count) < 0.4).cast(pa.date32())


def _addresses(generator: np.random.Generator, people: People) -> dict[str, pa.Array]:
    """Where people live, around the postal codes of their metro; for some only the country is known."""
    codes = [code for metro in METROS for code in metro.codes]
    sizes = np.array([len(metro.codes) for metro in METROS])
    home = (np.cumsum(sizes) - sizes)[people.metro]
    home = home + (generator.random(len(people)) * sizes[people.metro]).astype(np.int64)
    hidden = generator.random(len(people)) < 0.15
    centre = np.array([(north, east) for _, north, east in codes])[home]
    spot = np.round(centre + generator.normal(0, 0.03, centre.shape), 5)
    named: dict[str, Text] = {
        "region": texts([metro.region for metro in METROS])[people.metro],
        "city": texts([metro.city for metro in METROS])[people.metro],
        "postal_code": texts([code for code, _, _ in codes])[home],
    }
    return {
        "country": pa.array(texts([metro.country for metro in METROS])[people.metro]),
        **{name: pa.array(values, mask=hidden) for name, values in named.items()},
        "latitude": pa.array(spot[:, 0], mask=hidden),
        "longitude": pa.array(spot[:, 1], mask=hidden),
        "timezone": pa.array(texts([metro.timezone for metro in METROS])[people.metro], mask=hidden),
    }


def _predicted_clv(generator: np.random.Generator, people: People, orders: Orders, until: int) -> pa.Array:
    """What a buyer may spend in the next year: the value and pace of past orders, fading with silence."""
    count = len(people)
    number, spent = np.bincount(orders.who, minlength=count), np.bincount(orders.who, orders.cents, count)
    last = np.zeros(count, dtype=np.int64)
    np.maximum.at(last, orders.who, orders.at)
    a_year = 365 * DAY
    pace = number / ((until - people.created) / a_year + 0.5)
    fading: Real = np.exp(-(until - last) / (120 * DAY))
    value = spent / np.maximum(number, 1) / 100 * pace * fading * generator.lognormal(0, 0.3, count)
    return pa.array(np.round(value, 2), mask=number == 0)


def _preferences(generator: np.random.Generator, subscribed: Truth) -> pa.Array:
    """What three in five of those who ever subscribed to texts want to hear of."""
    wants: Truth = generator.random((len(subscribed), len(_PREFERENCES))) < (0.35, 0.55, 0.25, 0.3)
    answered = subscribed & (generator.random(len(subscribed)) < 0.6)
    rows = zip(wants.tolist(), answered.tolist(), strict=True)
    chosen_words = [
        [word for word, wanted in zip(_PREFERENCES, row, strict=True) if wanted] if asked else None
        for row, asked in rows
    ]
    return pa.array(chosen_words, pa.list_(pa.string()))


def _tiers(generator: np.random.Generator, spent: Whole | Real) -> pa.Array:
    """The tier that somebody's orders have reached, in the spelling of whoever entered it."""
    reached = np.searchsorted(_TIER_FROM_CENTS, spent, side="right")
    words = texts([None, *_TIERS])[reached]
    lower = generator.random(len(words)) < 0.07
    return pa.array(
        [word and (word.lower() if small else word) for word, small in zip(words, lower, strict=True)],
        pa.string(),
    )

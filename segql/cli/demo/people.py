"""Who the shop's people are, and the habits behind all that they do."""

import unicodedata
from dataclasses import dataclass

import numpy as np

from segql.cli.demo.columns import HOUR, Real, Text, Truth, Whole, chosen, texts
from segql.cli.demo.geography import METROS, numbers_in
from segql.cli.demo.rhythm import Rhythm

_WOMEN = (
    "Amelia", "Anna", "Ava", "Beatriz", "Camila", "Chloë", "Clara", "Elena", "Emma", "Fatima", "Grace",
    "Hana", "Ines", "Isabella", "Jasmine", "Julia", "Keisha", "Laura", "Leah", "Lucía", "Maya", "Mei",
    "Mia", "Naomi", "Nora", "Olivia", "Priya", "Rachel", "Renée", "Rosa", "Ruth", "Sara", "Sofia", "Tanya",
    "Valentina", "Zoë",
)  # fmt: skip
_MEN = (
    "Aaron", "Ahmed", "Andre", "Ben", "Carlos", "Daniel", "David", "Diego", "Elijah", "Ethan", "Felix",
    "Gabriel", "Hugo", "Ian", "Ivan", "Jack", "James", "Jamal", "José", "Kenji", "Liam", "Lucas", "Marcus",
    "Mateo", "Noah", "Omar", "Oscar", "Paul", "Rafael", "Ravi", "Samuel", "Sven", "Theo", "Tomás", "Wei",
    "William",
)  # fmt: skip
_LAST_NAMES = (
    "Adams", "Ali", "Anderson", "Baker", "Bauer", "Brown", "Campbell", "Chen", "Clark", "Cohen", "Costa",
    "Davis", "Díaz", "Evans", "Fischer", "García", "Green", "Gupta", "Hall", "Harris", "Hughes", "Ito",
    "Jackson", "Johnson", "Jones", "Kaur", "Kelly", "Khan", "Kim", "King", "Lee", "Lewis", "López",
    "Martin", "Miller", "Moore", "Müller", "Murphy", "Nguyen", "O'Brien", "Okafor", "Patel", "Pérez",
    "Reyes", "Roberts", "Rossi", "Scott", "Shah", "Silva", "Smith", "Taylor", "Thomas", "Walker", "Wang",
    "White", "Williams", "Wilson", "Wright", "Young", "Zhang",
)  # fmt: skip


@dataclass(frozen=True)
class People:
    """A column for each fact; row i is person i, in the order in which the shop came to know them.

    `zeal`: how active somebody is, mean about 1, with a long tail. `thrift`: 0 pays any price, 1 waits for a
    discount. `texter`, `reader`: how likely a text is clicked, an e-mail opened. `phone`: E.164, None where
    none works; `phone_as_given`: what the person wrote. Of people who share a number, one `owns_phone`.
    """

    external_id: Text
    first_name: Text
    last_name: Text
    woman: Truth
    email: Text
    phone: Text
    phone_as_given: Text
    owns_phone: Truth
    metro: Whole
    created: Whole
    zeal: Real
    thrift: Real
    texter: Real
    reader: Real

    def __len__(self) -> int:
        return len(self.created)

    @property
    def lag(self) -> Whole:
        """Seconds by which each person's day comes after the shop's."""
        return _hours_behind(self.metro) * HOUR


def invent_people(generator: np.random.Generator, count: int, rhythm: Rhythm) -> People:
    """That many people, who came at the shop's rhythm, more of them every month."""
    metro, created = _arrivals(generator, count, rhythm)
    woman = generator.random(count) < 0.58
    first_name = np.where(woman, chosen(generator, _WOMEN, count), chosen(generator, _MEN, count))
    last_name = chosen(generator, _LAST_NAMES, count)
    phone, owns_phone = _phones(generator, metro)
    sms_first = generator.random(count) < 0.15
    return People(
        external_id=texts([f"C{number:06d}" for number in range(1, count + 1)]),
        first_name=first_name,
        last_name=last_name,
        woman=woman,
        email=_emails(generator, first_name, last_name),
        phone=phone,
        phone_as_given=_phones_as_given(generator, phone, owns_phone),
        owns_phone=owns_phone,
        metro=metro,
        created=created,
        zeal=np.clip(generator.lognormal(-0.72, 1.2, count), 0.02, 40),
        thrift=generator.beta(1.2, 2.0, count),
        texter=np.where(sms_first, generator.beta(6, 9, count), generator.beta(1.2, 12, count)),
        reader=np.where(sms_first, generator.beta(1, 40, count), generator.beta(1.6, 3.2, count)),
    )


def _hours_behind(metro: Whole) -> Whole:
    return np.array([place.hours_behind for place in METROS])[metro]


def _arrivals(generator: np.random.Generator, count: int, rhythm: Rhythm) -> tuple[Whole, Whole]:
    """Where each person lives and when they came, in the order of their coming."""
    shares = np.array([metro.share for metro in METROS])
    metro = generator.choice(len(METROS), count, p=shares / shares.sum())
    came = rhythm.wall(rhythm.length * generator.random(count) ** 0.7) + _hours_behind(metro) * HOUR
    created = np.clip(came, rhythm.since, rhythm.until - 1)
    order = np.argsort(created, kind="stable")
    return metro[order], created[order]


def _emails(generator: np.random.Generator, first_names: Text, last_names: Text) -> Text:
    """An address each, all different, under the names kept for examples; one in twenty-five has none."""
    plain = {name: _ascii(name) for name in {*first_names, *last_names}}
    endings = chosen(generator, ("com", "net", "org"), len(first_names), (6, 2, 1))
    written = texts(
        [
            f"{plain[first]}.{plain[last]}{number}@example.{ending}"
            for number, (first, last, ending) in enumerate(
                zip(first_names, last_names, endings, strict=True), start=1
            )
        ]
    )
    written[generator.random(len(written)) >= 0.96] = None
    return written


def _ascii(name: str) -> str:
    return "".join(
        character
        for character in unicodedata.normalize("NFD", name)
        if character.isascii() and character.isalpha()
    )


def _phones(generator: np.random.Generator, metro: Whole) -> tuple[Text, Truth]:
    """Numbers in E.164, and who of those that share one owns it. Seven in ten have a number."""
    phone = texts([None] * len(metro))
    has_phone = generator.random(len(metro)) < 0.7
    household = has_phone & (generator.random(len(metro)) < 0.015)
    for index, place in enumerate(METROS):
        owners = np.flatnonzero((metro == index) & has_phone & ~household)
        phone[owners] = numbers_in(generator, place, len(owners))
        sharing = np.flatnonzero((metro == index) & household)
        if len(owners):
            phone[sharing] = phone[generator.choice(owners, len(sharing))]
    return phone, has_phone & ~household


def _phones_as_given(generator: np.random.Generator, phone: Text, owns_phone: Truth) -> Text:
    """How people wrote their numbers: some as they are used to. Wrong ones lose their place in `phone`."""
    given = phone.copy()
    american = texts([number is not None and number.startswith("+1") for number in phone]).astype(bool)
    for person in np.flatnonzero(american & (generator.random(len(phone)) < 0.08)):
        number = phone[person]
        given[person] = f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    for person in np.flatnonzero(owns_phone & (generator.random(len(phone)) < 0.012)):
        given[person] = generator.choice([phone[person][:-3], "+1 617 555 COAT", "12345", "unknown"])
        phone[person] = None
        owns_phone[person] = False
    return given

"""Finding people by what is remembered of them: the beginning of a name or an e-mail address, digits of a number, an
external id. Names are compared without case and accents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from segql.runtime.store.person import plain

if TYPE_CHECKING:
    import duckdb

# Fewer digits than that are no search for a number.
_DIGITS = 3
_NUMBER = re.compile(r"[\d\s()+./-]+")
# More words than that narrow nothing down.
_WORDS = 8
# Whom another identifier names, of somebody who was merged into them.
_ALSO_KNOWN = "SELECT profile_id FROM profile_aliases WHERE value = lower($text) OR value = $text"


@dataclass(frozen=True)
class Found:
    """Somebody who was found: what tells them from others. `created`: since when they are known (aware, UTC)."""

    profile_id: int
    external_id: str | None
    email: str | None
    phone_number: str | None
    first_name: str | None
    last_name: str | None
    city: str | None
    region: str | None
    country: str | None
    created: datetime | None

    @classmethod
    def of(cls, profile_id: int, values: Mapping[str, Any]) -> "Found":
        """The one with these attributes, by name."""
        return cls(profile_id, **{name: values.get(name) for name in _SHOWN})

    @property
    def name(self) -> str | None:
        """The whole name, where there is one."""
        return " ".join(filter(None, (self.first_name, self.last_name))) or None

    @property
    def title(self) -> str:
        """What they are called: the name, failing that an address, failing that the profile's number."""
        return (
            self.name or self.email or self.phone_number or self.external_id or f"Profile {self.profile_id}"
        )

    @property
    def location(self) -> str | None:
        """Where they say they are, in words."""
        return ", ".join(filter(None, (self.city, self.region, self.country))) or None


_SHOWN = [each.name for each in fields(Found) if each.name != "profile_id"]


def search_people(
    connection: "duckdb.DuckDBPyConnection", text: str, limit: int, after: int | None = None
) -> list[Found]:
    """Those of whom a text is remembered, by profile_id; whoever has exactly it as an identifier comes first. Without a
    text everybody, the newest profile first. `after`: the profile_id of the last one that is known.

    Each word is the beginning of a word of the name, or the whole text that of an e-mail address or external id, or
    its digits are in the number. An `@` before it: what comes after it is anywhere in the address.
    """
    text = " ".join(text.split())
    if not text:
        return _select(
            connection, "$after IS NULL OR profile_id < $after", {"after": after}, "profile_id DESC", limit
        )
    condition, values = _condition(text)
    values |= {"text": text, "after": after}
    exactly = f"external_id = $text OR profile_id IN ({_ALSO_KNOWN})"
    exact = [] if after is not None else _select(connection, exactly, {"text": text}, "profile_id", limit)
    # Ordered as the rows are: a search that finds many ends when it has enough.
    condition = f"({condition}) AND ($after IS NULL OR profile_id > $after)"
    known = {found.profile_id for found in exact}
    others = _select(connection, condition, values, "profile_id", limit)
    return exact + [found for found in others if found.profile_id not in known]


def _condition(text: str) -> tuple[str, dict[str, object]]:
    """SQL for who is meant by a text, and its values. What it looks like says where it is looked for."""
    values: dict[str, object] = {}
    # External ids are of every kind, and soon looked through.
    ways = ["starts_with(external_id, $text)"]
    if _NUMBER.fullmatch(text):
        if len(digits := re.sub(r"\D", "", text).lstrip("0")) >= _DIGITS:
            values["digits"] = digits
            ways.append("contains(phone_number, $digits)")
        return _any(ways), values
    if "@" not in text:
        words = re.split(r"[\s,-]+", text.strip(" ,-"))[:_WORDS]
        values |= {f"word{nth}": f" {word}" for nth, word in enumerate(words)}
        ways.append(" AND ".join(f"({_has_word(f'word{nth}')})" for nth in range(len(words))))
    if " " not in text:
        values["address"] = re.sub(r"([\\%_])", r"\\\1", text) + "%"
        # Of an address that begins with @ the beginning is not remembered.
        anywhere = "'%' || " if text.startswith("@") else ""
        ways.append(f"email ILIKE {anywhere}$address ESCAPE '\\'")
    return _any(ways), values


def _has_word(value: str) -> str:
    """SQL for a word of the name beginning with a value, which has a blank before it. As one function of one column it
    is asked once for each different name, and not for each person."""
    return " OR ".join(
        f"contains(' ' || replace(strip_accents(lower({column})), '-', ' '), strip_accents(lower(${value})))"
        for column in ("first_name", "last_name")
    )


def _any(ways: list[str]) -> str:
    return " OR ".join(f"({way})" for way in ways)


def _select(
    connection: "duckdb.DuckDBPyConnection",
    condition: str,
    values: dict[str, object],
    order: str,
    limit: int,
) -> list[Found]:
    rows = connection.execute(
        f"""SELECT profile_id, {", ".join(_SHOWN)} FROM profiles WHERE profile_id IN (
          SELECT profile_id FROM profiles WHERE {condition} ORDER BY {order} LIMIT {limit:d}
        ) ORDER BY {order}""",  # noqa: S608 - ours
        values,
    ).fetchall()
    return [Found(*map(plain, row)) for row in rows]

"""What an inbound text asks for: to be left alone, to join, help, a person's eye. The words: words.csv."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from segql.sms.keywords.normal import normalize, squeeze
from segql.sms.keywords.reactions import looks_like_reaction

Policy = Literal["ask", "contains", "exact"]
Meaning = Literal["opt_out", "opt_in", "help", "review"]


@dataclass(frozen=True)
class Match:
    """What a text means. `word`: the keyword found.

    `confirming`: a word such as YES or Y, which is consent only where a double opt-in waits for it. `rejoining`: such a
    word is consent, too, from a number that opted out by keyword.
    """

    meaning: Meaning
    word: str
    confirming: bool = False
    rejoining: bool = False


def classify(text: str, country: str = "US", policy: Policy = "ask") -> Meaning | None:
    """What `text`, from a number of `country` (ISO 3166), asks for; None where it is no keyword.

    An opt-out word that is the whole text is always "opt_out". Inside a sentence it is "review" by the policy
    "ask", "opt_out" by "contains" and nothing by "exact".
    """
    if policy not in ("ask", "contains", "exact"):
        raise ValueError(f'policy must be "ask", "contains" or "exact", not {policy!r}')
    found = None if looks_like_reaction(text) else match(text, country, policy)
    return found.meaning if found else None


def match(text: str, country: str, policy: Policy) -> Match | None:
    """As `classify`, with the word that was found. A reaction is read like any other text."""
    said = normalize(text)
    words = _vocabulary(country.upper())
    if word := words.opt_out.get(said) or words.opt_out.get(squeeze(said)):
        return Match("opt_out", word)
    if said in words.opt_in:
        return Match("opt_in", words.opt_in[said])
    if said in words.confirm:
        return Match("opt_in", words.confirm[said], confirming=True, rejoining=said in words.rejoin)
    if said in words.help:
        return Match("help", words.help[said])
    inside = words.inside.search(said)
    if inside is None or policy == "exact":
        return None
    return Match("opt_out" if policy == "contains" else "review", inside.group())


def is_reserved(word: str) -> bool:
    """Whether a word has a meaning of its own, in any language, so that no account can give it another."""
    return squeeze(normalize(word)) in _reserved()


def reserved_words(language: str) -> dict[str, list[str]]:
    """The words of a language that mean something by themselves, by what they do: opt_out, opt_in, confirm, help."""
    found: dict[str, list[str]] = {"opt_in": [], "confirm": [], "opt_out": [], "help": []}
    for row in _rows("words.csv"):
        if row["language"] == language and row["kind"] in found:
            found[row["kind"]].append(row["word"])
    return found


@dataclass(frozen=True)
class _Vocabulary:
    """The words of one country. Each table leads from the normalized form to the word as words.csv has it.

    A whole text that is an opt-out word of any language acts everywhere, for nobody's opt-out may be lost to
    a guess at the language; within sentences only the country's own languages are looked for.
    """

    opt_out: dict[str, str]
    opt_in: dict[str, str]
    confirm: dict[str, str]
    rejoin: dict[str, str]
    help: dict[str, str]
    inside: re.Pattern[str]


@cache
def _vocabulary(country: str) -> _Vocabulary:
    spoken = {"en", *_languages().get(country, ())}
    tables: dict[str, dict[str, str]] = {
        kind: {} for kind in ("opt_out", "opt_out_phrase", "opt_in", "confirm", "rejoin", "help")
    }
    inside = set()
    for row in _rows("words.csv"):
        said = normalize(row["word"])
        if row["language"] in spoken or row["kind"] == "opt_out":
            tables[row["kind"]][said] = row["word"]
        if row["language"] in spoken and row["kind"] in ("opt_out", "opt_out_phrase"):
            inside.add(said)
    squeezed = {squeeze(said): word for said, word in tables["opt_out"].items()}
    return _Vocabulary(
        opt_out={**squeezed, **tables["opt_out"]},
        opt_in=tables["opt_in"],
        confirm=tables["confirm"],
        rejoin=tables["rejoin"],
        help=tables["help"],
        # Longest first, and where a word has a space any run of other characters: "opt-out please".
        inside=re.compile(
            r"\b(?:"
            + "|".join(
                re.escape(said).replace(r"\ ", r"\W+") for said in sorted(inside, key=len, reverse=True)
            )
            + r")\b"
        ),
    )


@cache
def _reserved() -> frozenset[str]:
    return frozenset(squeeze(normalize(row["word"])) for row in _rows("words.csv"))


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    return {row["country"]: tuple(row["languages"].split()) for row in _rows("languages.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

"""What an inbound text asks for: to be left alone, to join, help, a person's eye. The words: words.csv."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Policy = Literal["ask", "contains", "exact"]
Meaning = Literal["opt_out", "opt_in", "help", "review"]

# How phones write a reaction to a text that they quote, e.g. Liked “... Reply STOP to opt out”.
_QUOTE = r"[\"“„«].*[\"”“»]"
_REACTION = re.compile(
    r"(?:(?:Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed|Questioned|Reacted \S+ to|Removed an? .{1,40} from)"
    rf"|[^\w\s]{{1,8}}\s?to)\s+{_QUOTE}",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True)
class Match:
    """What a text means. `word`: the keyword found. `confirming`: a word such as YES, which is consent only
    as the answer to a question of ours."""

    meaning: Meaning | Literal["reaction"]
    word: str = ""
    confirming: bool = False


def classify(text: str, country: str = "US", policy: Policy = "ask") -> Meaning | None:
    """What `text`, from a number of `country` (ISO 3166), asks for; None where it is no keyword.

    An opt-out word that is the whole text is always "opt_out". Inside a sentence it is "review" by the policy
    "ask", "opt_out" by "contains" and nothing by "exact".
    """
    found = match(text, country, policy)
    return None if found is None or found.meaning == "reaction" else found.meaning


def match(text: str, country: str = "US", policy: Policy = "ask") -> Match | None:
    """As `classify`, with the word that was found, and telling a reaction to a text from a conversation."""
    if policy not in ("ask", "contains", "exact"):
        raise ValueError(f'policy must be "ask", "contains" or "exact", not {policy!r}')
    if _REACTION.fullmatch(text.strip()):
        return Match("reaction")
    said = normalize(text)
    words = _vocabulary(country.upper())
    if word := words.opt_out.get(said) or words.opt_out.get(squeeze(said)):
        return Match("opt_out", word)
    if said in words.opt_in:
        return Match("opt_in", words.opt_in[said])
    if said in words.confirm:
        return Match("opt_in", words.confirm[said], confirming=True)
    if said in words.help:
        return Match("help", words.help[said])
    inside = words.inside.search(said)
    if inside is None or policy == "exact":
        return None
    return Match("opt_out" if policy == "contains" else "review", inside.group())


def normalize(text: str) -> str:
    """The text as keywords are compared: NFKC, no control or zero-width characters, no case, no accents,
    nothing but letters and digits at either end, single spaces."""
    composed = unicodedata.normalize("NFKC", text).replace("’", "'")
    visible = "".join(
        " " if character.isspace() else character
        for character in composed
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf")
    )
    decomposed = unicodedata.normalize("NFKD", visible.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    start, end = 0, len(plain)
    while start < end and not plain[start].isalnum():
        start += 1
    while end > start and not plain[end - 1].isalnum():
        end -= 1
    return " ".join(plain[start:end].split())


def squeeze(said: str) -> str:
    """A normalized text without anything between its letters: "opt-out" and "s t o p" as one word."""
    return "".join(character for character in said if character.isalnum())


@dataclass(frozen=True)
class _Vocabulary:
    """The words of one country. Each table leads from the normalized form to the word as words.csv has it.

    A whole text that is an opt-out word of any language acts everywhere, for nobody's opt-out may be lost to
    a guess at the language; within sentences only the country's own languages are looked for.
    """

    opt_out: dict[str, str]
    opt_in: dict[str, str]
    confirm: dict[str, str]
    help: dict[str, str]
    inside: re.Pattern[str]


@cache
def _vocabulary(country: str) -> _Vocabulary:
    spoken = {"en", *_languages().get(country, ())}
    tables: dict[str, dict[str, str]] = {
        kind: {} for kind in ("opt_out", "opt_out_phrase", "opt_in", "confirm", "help")
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
def _languages() -> dict[str, tuple[str, ...]]:
    return {row["country"]: tuple(row["languages"].split()) for row in _rows("languages.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

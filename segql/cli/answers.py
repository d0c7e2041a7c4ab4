"""Answers to questions, written down: for people as text, tables and small pictures, for programs as JSON."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segql.cli.options import Question
from segql.cli.output import records, write, write_json, write_table
from segql.runtime.documents import instant_text

if TYPE_CHECKING:
    import pyarrow as pa

# So many of those who came and went are shown.
_SHOWN = 50


def answer(question: Question, as_json: bool = False) -> None:
    """The answer to any statement."""
    from segql.compiler.statements import Explain, Why

    match question.compiled.statement:
        case Explain():
            answer_in_english(question, as_json)
        case Why(who=str(who)):
            answer_why(question, who, as_json)
        case _:
            table = question.store.ask_compiled(question.compiled, question.now)
            if as_json:
                write_json({"rows": records(table), "as_of": instant_text(question.now)})
            else:
                _write(question, table)


def answer_size(question: Question, as_json: bool = False) -> None:
    """How many people are meant, of how many."""
    number = question.store.count_compiled(question.compiled, question.now)
    of = question.store.population()
    if as_json:
        write_json({"count": number, "of": of, "as_of": instant_text(question.now)})
    else:
        write(f"{number:,} of {of:,}" + (f" ({number / of:.1%})" if of else ""))


def answer_why(question: Question, who: str, as_json: bool = False) -> None:
    """Why a person is meant, or is not."""
    from segql.cli.pictures import write_why

    found = question.store.why_compiled(question.compiled, who, question.now)
    if as_json:
        write_json(found.document())
    else:
        write_why(found, _zone(question))


def answer_in_english(question: Question, as_json: bool = False) -> None:
    """Who is meant, in plain words."""
    compiled, now = question.compiled, question.now
    if as_json:
        write_json({"english": compiled.english(now), "as_of": instant_text(now)})
    else:
        write(compiled.explain(now))


def _zone(question: Question) -> ZoneInfo:
    return ZoneInfo(question.store.catalog.account.timezone)


def _write(question: Question, table: "pa.Table") -> None:
    """A table for reading, with the picture that helps."""
    from segql.cli.pictures import write_combinations, write_counts, write_funnel, write_trend
    from segql.compiler.statements import Compare, Count, Funnel, Overlap, Trend

    match question.compiled.statement:
        case Trend():
            write_trend(table, _zone(question))
        case Overlap():
            write_combinations(table)
        case Count():
            write_counts(table)
        case Funnel():
            write_funnel(table)
        case Compare():
            changes = table.column("change").to_pylist()
            write(f"{changes.count('entered'):,} entered, {changes.count('left'):,} left")
            write_table(table.slice(0, _SHOWN))
            if len(changes) > _SHOWN:
                write(f"... and {len(changes) - _SHOWN:,} more; --json has all of them")
        case _:
            write_table(table)

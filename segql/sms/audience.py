"""The audience of a campaign: the people whom its conditions mean, and the text that each would get."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from segql.runtime.store.sql import quoted, registered
from segql.sms.errors import SmsCode, SmsError
from segql.sms.parts import count_parts
from segql.sms.prices import credits_by_country, picture_credits_by_country
from segql.sms.render import Text

if TYPE_CHECKING:
    import duckdb

    from segql.runtime.api import Store


class Query(Protocol):
    """SQL that selects profile ids, and the values of its placeholders by name."""

    @property
    def text(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


class Conditions(NamedTuple):
    """Whom a campaign is for: everybody in any of `include` and in none of `exclude`."""

    include: Sequence[Query]
    exclude: Sequence[Query]


def conditions(store: "Store", include: Sequence[str], exclude: Sequence[str], at: datetime) -> Conditions:
    """Compile conditions, or names of stored segments, as of `at`. Raises `segql.DefinitionError`."""
    return Conditions(
        [store.query(text, at) for text in include], [store.query(text, at) for text in exclude]
    )


def take_audience(connection: "duckdb.DuckDBPyConnection", people: Conditions, text: Text) -> None:
    """Make the temporary tables of `make_texts` for the people whom the conditions mean."""
    choose(connection, people)
    make_texts(connection, text)


def choose(connection: "duckdb.DuckDBPyConnection", people: Conditions) -> None:
    """Make the temporary table `chosen` (profile_id) of the people whom the conditions mean; some may be there twice."""
    connection.execute("CREATE OR REPLACE TEMP TABLE chosen (profile_id INTEGER)")
    for query in people.include:
        connection.execute(f"INSERT INTO chosen {query.text}", query.values)
    for query in people.exclude:
        connection.execute(f"DELETE FROM chosen WHERE profile_id IN ({query.text})", query.values)  # noqa: S608


def make_texts(
    connection: "duckdb.DuckDBPyConnection", text: Text, forgiven: frozenset[SmsCode] = frozenset()
) -> None:
    """Make the temporary table `audience` (see `gates`) of the people in the table `chosen` (profile_id), and `texts`:
    text_id, text, parts, plain_parts (those of the text in plainer characters), problem.

    A text is made once for each combination of the values that it uses, however many people share them. Where
    it needs a value that is missing, text and parts are null and `problem` says why; so it is with mistakes of the codes
    in `forgiven`, all others are raised.
    """
    columns = {name: quoted(attribute) for name, attribute in text.attributes.items()}
    used = ", ".join(
        ["true AS everybody", *(f"{column} AS {quoted(name)}" for name, column in columns.items())]
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE combinations AS SELECT row_number() OVER () AS text_id, * FROM (
          SELECT DISTINCT {used} FROM profiles WHERE profile_id IN (SELECT profile_id FROM chosen)
        )"""  # noqa: S608 - quoted names
    )
    _render(connection, text, forgiven | {SmsCode.MISSING_VALUE})
    same = " AND ".join(
        ["true", *(f"p.{column} IS NOT DISTINCT FROM k.{quoted(name)}" for name, column in columns.items())]
    )
    prices = picture_credits_by_country() if text.picture else credits_by_country()
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE audience AS
        SELECT NULL::BIGINT AS message_id, p.profile_id, NULL::VARCHAR AS number, NULL::VARCHAR AS sender,
          text_id, coalesce(t.parts * map_extract_value($prices, p.phone_country), 0)::INTEGER AS credits,
          nullif(regexp_extract(t.text, '\x04([^\x05]*)\x05', 1), '') AS pool, $picture::VARCHAR AS picture
        FROM profiles p JOIN combinations k ON {same} JOIN texts t USING (text_id)
        WHERE p.profile_id IN (SELECT profile_id FROM chosen)""",  # noqa: S608 - quoted names
        {"prices": {"key": list(prices), "value": list(prices.values())}, "picture": text.picture},
    )


def _render(connection: "duckdb.DuckDBPyConnection", text: Text, forgiven: frozenset[SmsCode]) -> None:
    import pyarrow as pa

    names = list(text.attributes)
    columns = "".join(f", {quoted(name)}" for name in names)
    combinations = connection.execute(f"SELECT text_id{columns} FROM combinations").fetchall()  # noqa: S608
    plainer = replace(text, source=text.plain) if text.plain != text.source else None
    made = [
        _made(text, plainer, dict(zip(names, values, strict=True)), forgiven) for _, *values in combinations
    ]
    table = pa.table(
        {
            "text_id": pa.array([row[0] for row in combinations], pa.int64()),
            "text": pa.array([one.text for one in made], pa.string()),
            "parts": pa.array([one.parts for one in made], pa.int32()),
            "plain_parts": pa.array([one.plain_parts for one in made], pa.int32()),
            "problem": pa.array([one.problem for one in made], pa.string()),
        }
    )
    with registered(connection, "made_texts", table):
        connection.execute("CREATE OR REPLACE TEMP TABLE texts AS FROM made_texts")


class _Made(NamedTuple):
    """A text, its parts, those of the plainer one, and the reason where it cannot be made for somebody."""

    text: str | None
    parts: int | None
    plain_parts: int | None
    problem: str | None


def _made(text: Text, plainer: Text | None, values: dict[str, Any], forgiven: frozenset[SmsCode]) -> _Made:
    try:
        words = text.render(values)
    except SmsError as error:
        if error.code not in forgiven:
            raise
        # Kept beside the people concerned: only if one of them would be texted does it matter (`campaigns`).
        return _Made(None, None, None, error.message)
    parts = 1 if text.picture else count_parts(text.as_seen(words)).parts
    plain_parts = parts
    if plainer is not None and not text.picture:
        plain_parts = count_parts(plainer.as_seen(plainer.render(values))).parts
    return _Made(words, parts, plain_parts, None)

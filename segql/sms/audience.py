"""The audience of a campaign: the people whom its conditions mean, and the text that each would get."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from segql.runtime.store.sql import quoted, registered
from segql.sms.errors import SmsCode, SmsError
from segql.sms.parts import count_parts
from segql.sms.prices import credits_by_country
from segql.sms.render import Text, as_seen

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
    """Make the temporary table `audience` (see `gates`), and `texts`: text_id, text, parts, problem.

    A text is made once for each combination of the values that it uses, however many people share them. Where
    it needs a value that is missing, text and parts are null and `problem` says why.
    """
    connection.execute("CREATE TEMP TABLE chosen (profile_id INTEGER)")
    for query in people.include:
        connection.execute(f"INSERT INTO chosen {query.text}", query.values)
    for query in people.exclude:
        connection.execute(f"DELETE FROM chosen WHERE profile_id IN ({query.text})", query.values)  # noqa: S608
    columns = {name: quoted(attribute) for name, attribute in text.attributes.items()}
    used = ", ".join(
        ["true AS everybody", *(f"{column} AS {quoted(name)}" for name, column in columns.items())]
    )
    connection.execute(
        f"""CREATE TEMP TABLE combinations AS SELECT row_number() OVER () AS text_id, * FROM (
          SELECT DISTINCT {used} FROM profiles WHERE profile_id IN (SELECT profile_id FROM chosen)
        )"""  # noqa: S608 - quoted names
    )
    _make_texts(connection, text)
    same = " AND ".join(
        ["true", *(f"p.{column} IS NOT DISTINCT FROM k.{quoted(name)}" for name, column in columns.items())]
    )
    prices = credits_by_country()
    connection.execute(
        f"""CREATE TEMP TABLE audience AS
        SELECT NULL::BIGINT AS message_id, p.profile_id, NULL::VARCHAR AS number, NULL::VARCHAR AS sender,
          text_id, coalesce(t.parts * map_extract_value($prices, p.phone_country), 0)::INTEGER AS credits
        FROM profiles p JOIN combinations k ON {same} JOIN texts t USING (text_id)
        WHERE p.profile_id IN (SELECT profile_id FROM chosen)""",  # noqa: S608 - quoted names
        {"prices": {"key": list(prices), "value": list(prices.values())}},
    )


def _make_texts(connection: "duckdb.DuckDBPyConnection", text: Text) -> None:
    import pyarrow as pa

    names = list(text.attributes)
    columns = "".join(f", {quoted(name)}" for name in names)
    combinations = connection.execute(f"SELECT text_id{columns} FROM combinations").fetchall()  # noqa: S608
    made = [_made(text, dict(zip(names, values, strict=True))) for _, *values in combinations]
    table = pa.table(
        {
            "text_id": pa.array([row[0] for row in combinations], pa.int64()),
            "text": pa.array([words for words, _, _ in made], pa.string()),
            "parts": pa.array([parts for _, parts, _ in made], pa.int32()),
            "problem": pa.array([problem for _, _, problem in made], pa.string()),
        }
    )
    with registered(connection, "made_texts", table):
        connection.execute("CREATE TEMP TABLE texts AS FROM made_texts")


def _made(text: Text, values: dict[str, Any]) -> tuple[str | None, int | None, str | None]:
    """A text, its parts, and the reason where it cannot be made for somebody with these values."""
    try:
        words = text.render(values)
    except SmsError as error:
        if error.code is not SmsCode.MISSING_VALUE:
            raise
        # Kept beside the people concerned: only if one of them would be texted does it matter (`campaigns`).
        return None, None, error.message
    return words, count_parts(as_seen(words, text.settings.link_host)).parts, None

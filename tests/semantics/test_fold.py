"""The fold is one function: Python's and the engine's agree on every character, and on characters that combine."""

import sys

import duckdb
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from segql.compiler.sql.build import identifier
from segql.compiler.sql.dialects import duckdb as dialect
from segql.compiler.text import fold

FOLD = dialect.fold(identifier("text"))


def folded_by_engine(texts: list[str]) -> list[str]:
    with duckdb.connect() as connection:
        connection.register("texts", pa.table({"text": texts}))
        return [row[0] for row in connection.execute(f"SELECT {FOLD} FROM texts").fetchall()]


def test_every_character() -> None:
    characters = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    assert folded_by_engine(characters) == [fold(character) for character in characters]


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=50
    )
)
def test_texts(texts: list[str]) -> None:
    assert folded_by_engine(texts) == [fold(text) for text in texts]


def test_the_same_text() -> None:
    assert fold("É") == fold("é") == fold("e\u0301") == fold("E\u0301")
    assert fold("STRASSE") != fold("straße")
    assert fold("İ") == fold("I\u0307")

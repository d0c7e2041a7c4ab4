"""PostgreSQL reads any column as what the catalog says, folds as the language does, and runs what programs send it."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segql.compiler.sql.build import Sql
from segql.compiler.sql.dialects import postgresql as dialect
from segql.compiler.text import fold
from tests.postgresql import server

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def connection(postgresql: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgresql, autocommit=True) as connected:
        yield connected


# ---- Texts


# Beyond it no character has a case or another form.
CASELESS = 0x30000


def test_every_character_is_folded(postgresql: str) -> None:
    with server(version=18) as newer:
        for address in (postgresql, newer):
            codes = [code for code in range(1, CASELESS) if not 0xD800 <= code <= 0xDFFF]
            changed = changed_by_folding(address)
            assert [code for code in codes if changed.get(code, chr(code)) != fold(chr(code))] == []
    assert all(fold(chr(code)) == chr(code) for code in range(CASELESS, sys.maxunicode + 1))


def changed_by_folding(address: str) -> dict[int, str]:
    folded = dialect.fold(Sql("CHR(code)"))
    query = f"""SELECT * FROM (
        SELECT code, {folded} FROM GENERATE_SERIES(1, {CASELESS - 1}) AS c(code)
        WHERE code NOT BETWEEN {0xD800} AND {0xDFFF} OFFSET 0
      ) AS f(code, folded) WHERE folded <> CHR(code)"""
    with psycopg.connect(address) as connection:
        return dict(connection.execute(query).fetchall())  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_texts_are_folded(connection: psycopg.Connection[Any], text: str) -> None:
    query = f"SELECT {dialect.fold(Sql('%(text)s::TEXT'))}"
    assert connection.execute(query, {"text": text}).fetchone() == (fold(text),)  # type: ignore[arg-type]

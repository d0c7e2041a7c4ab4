"""Files on their way in: read by a DuckDB of their own, which can see files but no store; and the rows that
stay out.

Every row is known by its file and line (of a Parquet file: its row, from 1). Columns are c0, c1, ... in SQL.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, Self

from segql.compiler.text import listing, nearest
from segql.runtime.errors import Code, StoreError
from segql.runtime.imports.formats import guesses, load_file
from segql.runtime.imports.rows import FILE, LINE
from segql.runtime.store.sql import one_row, quoted, registered

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pyarrow as pa

    from segql.runtime.store.columns import Rejected

_BATCH_ROWS = 1_000_000
_MEMORY = "1GiB"
# More than any file has.
_LINES_OF_A_FILE = 2**40


class FileColumn(NamedTuple):
    """A column of the files: its alias in SQL, and what its values are. A file of text (CSV) holds text,
    in which numbers, dates and the rest were recognised where every value is one."""

    name: str
    alias: str
    sql_type: str
    looks_like: str


class Batch(NamedTuple):
    """Rows on their way into the store, and where each comes from (`file`, `line`)."""

    rows: "pa.Table"
    places: "pa.Table"


class Reader:
    """The rows of one import's files, as `source` of `connection`, and those of them that were rejected."""

    def __init__(
        self,
        connection: "duckdb.DuckDBPyConnection",
        folder: "TemporaryDirectory[str]",
        files: Sequence[Path],
        map_name: str,
    ) -> None:
        self.connection = connection
        self._folder = folder
        self._files = files
        self._map_name = map_name
        self.columns: dict[str, FileColumn] = {}

    @classmethod
    def open(cls, files: Sequence[Path], map_name: str) -> Self:
        """Read the files. `map_name`: what messages call the map. Raises `StoreError` where one cannot be
        read."""
        import duckdb

        # Texts that have to be taken apart are kept on the disk, however many they are.
        folder = TemporaryDirectory(prefix="segql-")
        connection = duckdb.connect(Path(folder.name) / "rows.duckdb", config={"memory_limit": _MEMORY})
        reader = cls(connection, folder, files, map_name)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(
                "CREATE TABLE rejected (file INTEGER, line BIGINT, reason VARCHAR, raw VARCHAR)"
            )
            connection.execute("BEGIN")
            selects = [load_file(connection, number, path) for number, path in enumerate(files)]
            connection.execute("COMMIT")
            reader._gather(selects)
        except BaseException:
            reader.close()
            raise
        return reader

    def close(self) -> None:
        """Forget the rows."""
        self.connection.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _gather(self, selects: list[str]) -> None:
        gathered = " UNION ALL BY NAME ".join(selects)
        described = self.connection.execute(f"DESCRIBE {gathered}").fetchall()
        names = {name: str(kind) for name, kind, *_ in described if name not in (FILE, LINE)}
        aliases = {name: f"c{position}" for position, name in enumerate(names)}
        renamed = ", ".join(f"{quoted(name)} AS {alias}" for name, alias in aliases.items())
        self.connection.execute(
            f"""CREATE VIEW source AS SELECT {quoted(FILE)} AS file, {quoted(LINE)} AS line, {renamed}
            FROM ({gathered})"""  # noqa: S608
        )
        for name, alias in aliases.items():
            looks_like = self._look(alias) if names[name] == "VARCHAR" else ""
            self.columns[name] = FileColumn(name, alias, names[name], looks_like)

    def _look(self, alias: str) -> str:
        """What all values of a text column look like, of what their files let be guessed, or text."""
        guessed = {guess for path in self._files for guess in guesses(path)}
        tests = {
            # Neither 007 nor 1E5 is taken for a number: they are codes.
            "number": r"regexp_full_match({0}, '-?(0|[1-9][0-9]{{0,14}})(\.[0-9]+)?')",
            "boolean": "lower({0}) IN ('true', 'false')",
            "date": r"regexp_full_match({0}, '\d{{4}}-\d{{2}}-\d{{2}}') "
            "AND try_cast({0} AS DATE) IS NOT NULL",
            "datetime": r"regexp_matches({0}, '^\d{{4}}-\d{{2}}-\d{{2}}[T ]\d{{2}}:') "
            "AND try_cast({0} AS TIMESTAMPTZ) IS NOT NULL",
        }
        tests = {name: test for name, test in tests.items() if name in guessed}
        if not tests:
            return "text"
        counts = ", ".join(f"count(*) FILTER ({test.format(alias)})" for test in tests.values())
        total, *found = one_row(self.connection, f"SELECT count({alias}), {counts} FROM source")  # noqa: S608
        return next(
            (name for name, count in zip(tests, found, strict=True) if total and count == total), "text"
        )

    def column(self, name: str, key: str) -> FileColumn:
        """The column that the map's `key` names. Raises `StoreError` where the files have none of that
        name."""
        if name in self.columns:
            return self.columns[name]
        close = nearest(name, self.columns)
        files = listing((str(file) for file in self._files), "and")
        raise StoreError(
            Code.BAD_MAP,
            f'The {self._map_name}, at "{key}", names the column "{name}", which {files} does not have.',
            f"Did you mean {listing(close)}?"
            if close
            else f"The columns are {listing(self.columns, 'and')}.",
        )

    def reject_where(
        self, condition: str, reason: str, parameters: Mapping[str, object] | None = None
    ) -> None:
        """Reject the rows of `source` for which an SQL condition holds, those apart that already are."""
        self.connection.execute(
            f"""INSERT INTO rejected SELECT file, line, $reason, NULL FROM source
            ANTI JOIN rejected USING (file, line) WHERE {condition}""",  # noqa: S608
            {"reason": reason, **(parameters or {})},
        )

    def batches(self, query: str, parameters: Mapping[str, object]) -> Iterator[Batch]:
        """The answer of a query, which has the columns FILE and LINE, in its order, in batches that fit in memory;
        without the rows that are rejected when it begins."""
        import numpy as np
        import pyarrow as pa

        places = f"SELECT file AS {quoted(FILE)}, line AS {quoted(LINE)} FROM rejected"  # noqa: S608
        rejected = _numbers(self.connection.sql(places).to_arrow_table())
        # A cursor of its own: between batches, rows are rejected on the connection.
        with self.connection.cursor() as cursor:
            for table in _gathered(cursor.sql(query, params=dict(parameters)).to_arrow_reader(_BATCH_ROWS)):
                if len(rejected):
                    table = table.filter(pa.array(np.isin(_numbers(table), rejected, invert=True)))
                yield Batch(table.drop_columns([FILE, LINE]), table.select([FILE, LINE]))

    def reject(self, places: "pa.Table", rejected: "Sequence[Rejected]") -> None:
        """Reject rows of a batch that the store did not take."""
        import pyarrow as pa

        if rejected:
            taken = places.take(pa.array([row for row, _ in rejected], pa.int64()))
            table = taken.append_column("reason", pa.array([reason for _, reason in rejected], pa.string()))
            with registered(self.connection, "refused", table):
                self.connection.execute("INSERT INTO rejected SELECT *, NULL FROM refused")

    def rows(self) -> int:
        """How many rows the files have, those included that could not be read."""
        (read,) = one_row(self.connection, "SELECT count(*) FROM source")
        (unread,) = one_row(self.connection, "SELECT count(*) FROM rejected WHERE raw IS NOT NULL")
        return int(read) + int(unread)

    def rejected_by_reason(self) -> dict[str, int]:
        """How many rows were rejected for each reason, the most frequent first."""
        rows = self.connection.execute(
            "SELECT reason, count(*) AS n FROM rejected GROUP BY reason ORDER BY n DESC, reason"
        ).fetchall()
        return dict(rows)

    def rejected_lines(self) -> Iterator[str]:
        """The rejected rows as JSON, one a row: file, line, reason, and the row."""
        fields = ", ".join(f"{quoted(column.name)} := {column.alias}" for column in self.columns.values())
        files = [str(file) for file in self._files]
        with self.connection.cursor() as cursor:
            result = cursor.execute(
                f"""SELECT to_json(struct_pack(file := $files[r.file + 1], line := r.line, reason := r.reason,
                row := coalesce(raw::JSON, to_json(struct_pack({fields})))))::VARCHAR
                FROM rejected r LEFT JOIN source USING (file, line) ORDER BY r.file, r.line""",  # noqa: S608
                {"files": files},
            )
            while rows := result.fetchmany(10_000):
                yield from (line for (line,) in rows)


def _gathered(batches: "Iterable[pa.RecordBatch]") -> "Iterator[pa.Table]":
    """The rows of small batches in fewer, larger ones: each has its price in the store."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= _BATCH_ROWS:
            yield pa.Table.from_batches(waiting).combine_chunks()
            waiting = []
    if any(batch.num_rows for batch in waiting):
        yield pa.Table.from_batches(waiting).combine_chunks()


def _numbers(places: "pa.Table") -> "np.ndarray":
    """One number for each place in the files."""
    numbers: np.ndarray = places[FILE].to_numpy().astype("int64") * _LINES_OF_A_FILE + places[LINE].to_numpy()
    return numbers

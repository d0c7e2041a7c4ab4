"""The import of files: everything in one transaction, good rows in, bad rows in the reject file with their
reason."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from segql.compiler.catalog.model import Account
from segql.compiler.text import listing
from segql.runtime.errors import Code, StoreError
from segql.runtime.imports.kinds import (
    Job,
    Written,
    import_consents,
    import_events,
    import_lists,
    import_places,
    import_profiles,
)
from segql.runtime.imports.map import (
    ConsentsMap,
    EventsMap,
    ImportMap,
    Kind,
    ListsMap,
    PlacesMap,
    ProfilesMap,
    read_map,
)
from segql.runtime.imports.orders import import_orders
from segql.runtime.imports.reader import Reader
from segql.runtime.store.catalog import read_account, save_account
from segql.runtime.store.compaction import compact
from segql.runtime.store.database import Database

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[int, int], None]
"""Called with how many rows are done, of how many; then, where many events came, with how many are put in order."""


class ImportReport(NamedTuple):
    """What an import did. rows: in the files. written: by what was done (inserted, added, ...). rejected:
    by reason. rejects: the reject file, where a row was rejected; kept: how many of them are in it."""

    kind: Kind
    rows: int
    written: dict[str, int]
    rejected: dict[str, int]
    rejects: Path | None
    kept: int


def import_file(
    database: Database,
    kind: Kind,
    files: Sequence[Path],
    map: Path | None = None,
    *,
    rejects: Path,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> ImportReport:
    """Import files of one kind, in one transaction.

    `map`: a TOML file that says which columns are what; without one, columns are taken by their own names.
    `rejects`: where the rows that cannot be used are written, one JSON object a line; a file of an earlier
    run is replaced, and removed where nothing is rejected. `now`: an aware instant, when it is not said when
    a consent was recorded or a list was joined. Raises `StoreError` where a file or the map cannot be used;
    then nothing was written.
    """
    chosen = read_map(map)
    with _readable(files), Reader.open(files, f"map {map}" if map else "import") as reader:
        total = reader.rows()
        progress(0, total)
        partial = rejects.with_name(f"{rejects.name}.partial")
        try:
            with database.transaction() as connection:
                _adopt_account(connection, chosen)
                job = Job(connection, reader, read_account(connection), now)
                written: Counter[str] = Counter()
                done = 0
                for rows, counts in _write(job, kind, chosen):
                    done += rows
                    progress(min(done, total), total)
                    written.update(counts)
                rejected = reader.rejected_by_reason()
                if rejected:
                    _write_rejects(partial, reader)
            if rejected:
                partial.replace(rejects)
            else:
                rejects.unlink(missing_ok=True)
        finally:
            partial.unlink(missing_ok=True)
        compact(database, progress)
        progress(total, total)
    return ImportReport(
        kind, total, dict(written), rejected, rejects if rejected else None, sum(rejected.values())
    )


@contextmanager
def _readable(files: Sequence[Path]) -> Iterator[None]:
    """Say of files that begin well and are broken further on that they are."""
    import duckdb

    try:
        yield
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        raise StoreError(
            Code.BAD_FILE,
            f"The rows of {listing((str(file) for file in files), 'and')} cannot be read to the end: "
            f"{str(error).splitlines()[0]}.",
            "Check that the file is whole.",
        ) from error


def _adopt_account(connection: "duckdb.DuckDBPyConnection", chosen: ImportMap) -> None:
    """Take over the map's account where the store has no settings of its own."""
    saved = connection.execute("SELECT 1 FROM settings WHERE section = 'account'").fetchall()
    if chosen.account is not None and not saved:
        said = chosen.account.model_dump(exclude_unset=True)
        save_account(connection, Account.from_dict(said))


def _write(job: Job, kind: Kind, chosen: ImportMap) -> Written:
    """Write rows of a kind, batch by batch."""
    match kind:
        case "profiles":
            return import_profiles(job, chosen.profiles or ProfilesMap())
        case "events":
            return import_events(job, chosen.events or EventsMap())
        case "consents":
            return import_consents(job, chosen.consents or ConsentsMap())
        case "lists":
            return import_lists(job, chosen.lists or ListsMap())
        case "places":
            return import_places(job, chosen.places or PlacesMap())
        case "orders":
            if chosen.orders is None:
                raise StoreError(
                    Code.BAD_MAP,
                    "Orders need a map with a section [orders].",
                    "Say there which columns are the order, the customer, the time, quantity and price.",
                )
            return import_orders(job, chosen.orders)


def _write_rejects(partial: Path, reader: Reader) -> None:
    """Write the rejected rows beside the reject file, before anything is committed: a full disk loses no
    row."""
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in reader.rejected_lines())
    except OSError as error:
        raise StoreError(
            Code.UNWRITABLE,
            f"The reject file {partial} cannot be written: {error.strerror}.",
            "Choose another path.",
        ) from error

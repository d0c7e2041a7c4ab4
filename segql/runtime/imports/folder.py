"""A folder of files as a store in memory: nothing is written, and the files can be asked at once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from segql.runtime.api import Store
from segql.runtime.api import open as open_store
from segql.runtime.errors import Code, StoreError
from segql.runtime.imports.importing import ImportReport, import_file
from segql.runtime.imports.map import Kind

_ENDINGS = (".parquet", ".pq", ".csv", ".jsonl", ".ndjson", ".gz")
MAP = "map.toml"


def open_folder(folder: Path, now: datetime, tell: Callable[[ImportReport], None]) -> Store:
    """A store in memory of a folder's files, each of the kind that its name begins with: profiles.parquet, events-1.csv.

    `map.toml`, where there is one, says which columns are what. `now`: as `import_file` has it. `tell` is told of each
    kind what was read, and what could not be used. Raises `StoreError` where there is no such file, or one cannot be read.
    """
    found = {kind: files for kind in get_args(Kind) if (files := _files(folder, kind))}
    if not found:
        raise StoreError(
            Code.ABSENT,
            f"The folder {folder} has no file whose name begins with one of {', '.join(get_args(Kind))}.",
            "Name them by what they hold: profiles.parquet, events.parquet.",
        )
    map = folder / MAP
    store = open_store(":memory:")
    try:
        with TemporaryDirectory() as rejects:
            for kind, files in found.items():
                tell(
                    import_file(
                        store.database,
                        kind,
                        files,
                        map if map.exists() else None,
                        rejects=Path(rejects, f"{kind}.jsonl"),
                        now=now,
                    )
                )
    except BaseException:
        store.close()
        raise
    return store


def _files(folder: Path, kind: Kind) -> list[Path]:
    return sorted(
        file for file in folder.glob(f"{kind}*") if file.is_file() and file.suffix.lower() in _ENDINGS
    )

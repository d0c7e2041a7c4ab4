"""Imports: a file into the store, by a map, as `segql import` does it."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import File, Form, UploadFile
from pydantic import BaseModel

from segql.runtime.errors import Code, StoreError
from segql.runtime.imports.map import Kind
from segql.web.access.visitors import Importer
from segql.web.api.operation import api_router
from segql.web.desk import AtDesk

router = api_router()

# So many of the rows that were not used are given back.
_GIVEN_BACK = 10_000
_PIECE = 1 << 20


class ImportAnswer(BaseModel):
    """How many rows were read, what was written, how many were not used by reason, and the first of those."""

    rows: int
    written: dict[str, int]
    rejected: dict[str, int]
    rejects: list[dict[str, Any]]


@router.post("/import/{kind}")
def import_rows(
    desk: AtDesk,
    who: Importer,
    kind: Kind,
    file: Annotated[
        list[UploadFile],
        File(description="CSV, JSON lines (.jsonl) or Parquet, by its name", min_length=1, max_length=1_000),
    ],
    map: Annotated[str | None, Form(description="The map in TOML, which says which columns are what")] = None,
) -> ImportAnswer:
    """Import files of profiles, events, orders, consents, lists or places. Importing them twice changes nothing."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        uploaded = [_write(one, folder / str(number)) for number, one in enumerate(file)]
        said = None
        if map is not None:
            said = folder / str(len(file)) / "that was sent"
            said.parent.mkdir()
            said.write_text(map, encoding="utf-8")
        with _as_named(folder):
            report = desk.store.import_files(
                kind, uploaded, said, rejects=folder / "rejects.jsonl", now=desk.clock()
            )
        rejects = [] if report.rejects is None else _first(report.rejects, folder)
    return ImportAnswer(rows=report.rows, written=report.written, rejected=report.rejected, rejects=rejects)


def _write(file: UploadFile, folder: Path) -> Path:
    """A file that was sent, under its own name, in a folder of its own."""
    folder.mkdir()
    path = folder / (Path(file.filename or "").name or "rows")
    with path.open("wb") as written:
        while piece := file.file.read(_PIECE):
            written.write(piece)
    return path


@contextmanager
def _as_named(folder: Path) -> Iterator[None]:
    """Say of files what they are called, and not where they lie while they are imported."""
    try:
        yield
    except StoreError as error:
        message, remedy = (_without(folder, text) for text in (error.message, error.remedy))
        raise StoreError(Code(error.code), message, remedy) from error


def _without(folder: Path, text: str) -> str:
    return re.sub(rf"{re.escape(str(folder))}/\d+/", "", text)


def _first(path: Path, folder: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        rows: Sequence[dict[str, Any]] = [json.loads(line) for line in islice(lines, _GIVEN_BACK)]
    return [row | {"file": _without(folder, row["file"])} for row in rows]

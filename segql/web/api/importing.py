"""Imports: a file into the store, by a map, as `segql import` does it."""

import json
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import File, Form, UploadFile
from pydantic import BaseModel

from segql.runtime.imports.importing import import_file
from segql.runtime.imports.map import Kind
from segql.web.access.visitors import Importer
from segql.web.api.operation import api_router
from segql.web.desk import AtDesk

router = api_router()

# So many of the rows that were not used are given back.
_GIVEN_BACK = 1_000


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
    file: Annotated[UploadFile, File(description="CSV, JSON lines (.jsonl) or Parquet, by its name")],
    map: Annotated[str | None, Form(description="The map in TOML, which says which columns are what")] = None,
) -> ImportAnswer:
    """Import a file of profiles, events, orders, consents, lists or places. Importing it twice changes nothing."""
    with TemporaryDirectory() as folder:
        uploaded = Path(folder, f"rows{Path(file.filename or '').suffix}")
        with uploaded.open("wb") as written:
            while part := file.file.read(1 << 20):
                written.write(part)
        said = Path(folder, "map.toml")
        if map is not None:
            said.write_text(map, encoding="utf-8")
        report = import_file(
            desk.store.database,
            kind,
            [uploaded],
            said if map is not None else None,
            rejects=Path(folder, "rejects.jsonl"),
            now=desk.clock(),
        )
        rejects = [] if report.rejects is None else _first(report.rejects)
    return ImportAnswer(rows=report.rows, written=report.written, rejected=report.rejected, rejects=rejects)


def _first(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, _GIVEN_BACK)]

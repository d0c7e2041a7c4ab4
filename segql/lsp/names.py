"""The names that a workspace's definitions are checked against: those of a catalog file, of a store, or of a server."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import segql
from segql import Catalog
from segql.runtime.remote import is_address


@dataclass(frozen=True)
class Known:
    """A catalog as it was read when its file had last been changed `at` (nanoseconds), or the `problem` with it."""

    catalog: Catalog | None = None
    problem: str | None = None
    at: int | None = None


@dataclass
class Names:
    """Reads the catalog, and again when its file has changed. A store is open for that moment only, so that others can
    use it; while they do, the catalog stays as it was. `store`: its file, or a server's address."""

    catalog_file: Path | None
    store: str
    root: Path = field(default_factory=Path.cwd)

    @property
    def file(self) -> Path:
        """The file that holds the catalog; a relative path is one in the workspace's folder."""
        return self.root / (self.catalog_file or self.store)

    def look(self, known: Known) -> Known:
        """What is known now; the same where the file has not changed since. It takes seconds for a large store."""
        if known.at is not None and known.at == _changed_at(self.file):
            return known
        try:
            catalog = self._read()
        except (OSError, ValueError, segql.StoreError) as error:
            now = "no names are known" if known.catalog is None else "the catalog is as it was"
            return replace(known, problem=f"{now}: {error}", at=None)
        # Opening a store may touch its file. A server is asked each time.
        return Known(catalog, at=_changed_at(self.file))

    def _read(self) -> Catalog:
        if self.catalog_file is not None:
            return Catalog.from_json(self.file.read_text(encoding="utf-8"))
        if is_address(self.store):
            return segql.connect(self.store).catalog
        with segql.open(self.file) as store:
            # All of it: some is read from the store when it is asked for.
            return Catalog.from_json(store.catalog.to_json())


def _changed_at(file: Path) -> int | None:
    return file.stat().st_mtime_ns if file.exists() else None

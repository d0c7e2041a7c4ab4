"""The names that a workspace's definitions are checked against: a catalog file, or a store's catalog."""

from dataclasses import dataclass, field
from pathlib import Path

import segql
from segql import Catalog


@dataclass
class Names:
    """Reads the catalog, and again when its file has changed. A store is open for that moment only, so that others can
    use it; while they do, the catalog stays as it was."""

    catalog_file: Path | None
    store_file: Path
    root: Path = field(default_factory=Path.cwd)
    catalog: Catalog | None = None
    problem: str | None = None
    _read_at: int | None = None

    @property
    def file(self) -> Path:
        """The file that holds the catalog; a relative path is one in the workspace's folder."""
        return self.root / (self.catalog_file or self.store_file)

    def refresh(self) -> bool:
        """Read the catalog where its file has changed since; whether it was read, or cannot be any more."""
        changed_at = _changed_at(self.file)
        if changed_at == self._read_at and (changed_at is not None or self.problem is not None):
            return False
        try:
            self.catalog, self.problem = self._read(), None
        except (OSError, ValueError, segql.StoreError) as error:
            reason = (
                f"no names are known: {error}"
                if self.catalog is None
                else f"the catalog is as it was: {error}"
            )
            told_before, self.problem = self.problem == reason, reason
            return not told_before
        # Opening a store may touch its file.
        self._read_at = _changed_at(self.file)
        return True

    def _read(self) -> Catalog:
        if self.catalog_file is not None:
            return Catalog.from_json(self.file.read_text(encoding="utf-8"))
        with segql.open(self.file) as store:
            # All of it: some is read from the store when it is asked for.
            return Catalog.from_json(store.catalog.to_json())


def _changed_at(file: Path) -> int | None:
    return file.stat().st_mtime_ns if file.exists() else None

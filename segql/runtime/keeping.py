"""What can be done with a store, wherever it is: definitions, people, files, and what is computed of them."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segql.runtime.asking import Asking

if TYPE_CHECKING:
    from segql.runtime.as_code.planning import Plan
    from segql.runtime.imports.importing import ImportReport, Progress
    from segql.runtime.imports.map import Kind
    from segql.runtime.predict.predict import Prediction
    from segql.runtime.refresh.changes import Changes
    from segql.runtime.store.segments import Version


class Keeping(Asking):
    """A store that is kept by whoever has it. What happens at an instant takes it (aware), and happens at the present by
    default; behind a server it happens at the server's clock, and in the name of whoever's token it is."""

    @abstractmethod
    def named(self, actor: str | None, usual: str) -> str:
        """In whose name changes are made: whoever is said, else who usually does it.

        Raises `StoreError` where somebody is said and a server knows who it is."""

    # ---- Definitions ----------------------------------------------------------------------------------------------

    @abstractmethod
    def versions(self, name: str) -> "list[Version]":
        """What a segment of that name in any case said, from its first version on, also where it was removed since.

        Each version's `segment.definition` is a text that can be asked. Raises `StoreError` where there never was one."""

    @abstractmethod
    def plan(
        self, texts: Mapping[str, str], at: datetime | None = None, *, prune: bool = False, people: int = 0
    ) -> "Plan":
        """What storing files (their texts by their names) would do, with people as of `at`.

        `prune`: what is stored and stands in no file is removed. `people`: so many of those who would enter, and of those
        who would leave, are named.

        Raises `DefinitionError` where the files, or stored definitions together with them, do not hold, and `StoreError`
        where something that stays uses a segment that would be removed."""

    @abstractmethod
    def apply(
        self, texts: Mapping[str, str], author: str, at: datetime | None = None, *, prune: bool = False
    ) -> "Plan":
        """Do what `plan` says, all or nothing. Raises as it does."""

    @abstractmethod
    def refresh(self, names: Sequence[str] | None = None, now: datetime | None = None) -> "Changes":
        """Bring the memberships of stored segments (all by default) up to date; who entered and who left, and why.

        One that no longer compiles keeps its members and is told in `broken`. Raises `StoreError` for a segment that is
        not stored, `DefinitionError` for one that is named and no longer compiles."""

    # ---- People ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def describe(self, who: str | int, as_of: datetime | None = None) -> dict[str, Any]:
        """Everything that is held about one person (see `runtime/people.py`), as one document.

        Raises `StoreError` where nobody is meant, or several are."""

    @abstractmethod
    def merge(self, who: str | int, into: str | int, actor: str, at: datetime | None = None) -> int:
        """Make one person a part of another, who keeps their own identifiers and values; the survivor's profile_id.

        Raises `StoreError`."""

    @abstractmethod
    def erase(self, who: str | int, actor: str, at: datetime | None = None) -> None:
        """Erase a person, for good; a hash of their addresses keeps them from being texted again. Raises `StoreError`."""

    @abstractmethod
    def keep_by_person(self, progress: "Progress" = lambda done, total: None) -> None:
        """Keep a copy of the events ordered by person from now on, so that one person's are read at once in a store of any
        size. `progress` is called with how many events are in it, of how many."""

    @abstractmethod
    def drop_by_person(self) -> None:
        """Keep that copy no longer."""

    # ---- What is known of them ------------------------------------------------------------------------------------

    @abstractmethod
    def import_files(
        self,
        kind: "Kind",
        files: Sequence[Path],
        map: Path | None = None,
        *,
        rejects: Path,
        now: datetime | None = None,
        progress: "Progress" = lambda done, total: None,
    ) -> "ImportReport":
        """Import files of one kind, all or nothing (see `imports/importing.py`). `progress`: told how much is done, of how
        much.

        Raises `StoreError` where a file or the map cannot be used; then nothing was written."""

    @abstractmethod
    def keep_history(self, attribute: str, at: datetime | None = None) -> bool:
        """Keep from now on what a text attribute was before, for `has been ... for ...`; whether it was not kept yet.

        Raises `StoreError`."""

    @abstractmethod
    def predict(self, as_of: datetime | None = None) -> "Prediction":
        """Fit the models of orders and write what they predict of everybody, as attributes. Needs the extra `predict`
        where the store is."""

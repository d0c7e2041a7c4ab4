"""A store behind a running server (`segql serve`): what can be asked of one and done with one, by the server's API."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlsplit

import msgspec

from segql.compiler.catalog.model import Catalog, Segment
from segql.compiler.compiled import Compiled
from segql.compiler.diagnostics.diagnostic import DefinitionError
from segql.compiler.format import format_segment
from segql.compiler.person.clauses import Verdict
from segql.compiler.text import quoted
from segql.runtime.asking import Cost, Known
from segql.runtime.documents import instant_text
from segql.runtime.errors import Code, StoreError
from segql.runtime.keeping import Keeping
from segql.runtime.server import Server

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.runtime.as_code.planning import Plan
    from segql.runtime.imports.importing import ImportReport, Progress
    from segql.runtime.imports.map import Kind
    from segql.runtime.predict.predict import Prediction
    from segql.runtime.refresh.changes import Changes
    from segql.runtime.store.segments import Version
    from segql.runtime.why import Why


# Seconds between two looks at what the server is making.
_LOOK_EVERY = 0.5


class RemoteStore(Keeping):
    """Questions are compiled here, against the server's catalog, and answered there.

    Every method raises `RemoteError` where the server cannot be reached, or refuses."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._known: Known | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""

    @property
    def place(self) -> str:
        """The server's address."""
        return self.server.address

    def interrupt(self) -> None:
        """Wait no more for the answers that other threads wait for: they get `RemoteError`, and the server stops."""
        self.server.interrupt()

    def known(self) -> Known:
        """The server's catalog, sent again only where it is another one."""
        before = "" if self._known is None else str(self._known.version)
        answer = self.server.request("GET", "catalog", None, **{"if-none-match": before})
        if answer.status != 304 or self._known is None:
            self._known = Known(answer.version, Catalog.from_json(answer.body.decode()))
        return self._known

    # ---- Questions ------------------------------------------------------------------------------------------------

    def count_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> int:
        """As `count`, of a condition that was compiled before."""
        table = self.server.table("ask", _at({"text": _text(compiled.counting())}, as_of))
        return int(table.column("count")[0].as_py())

    def show_compiled(
        self,
        compiled: Compiled,
        columns: Iterable[str],
        limit: int | None = None,
        as_of: datetime | None = None,
    ) -> "pa.Table":
        """As `show`, of a condition that was compiled before."""
        asked = {"text": _text(compiled), "columns": list(columns), "limit": limit}
        return self.server.table("show", _at(asked, as_of))

    def ask_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> "pa.Table":
        """As `ask`, of a statement that was compiled before."""
        return self.server.table("ask", _at({"text": _text(compiled)}, as_of))

    def why_compiled(self, compiled: Compiled, who: str | int, as_of: datetime | None = None) -> "Why":
        """As `why`, of a condition that was compiled before."""
        from segql.runtime.why import Why

        found = self.server.post("why", _at({"text": _text(compiled), "who": who}, as_of), dict[str, Any])
        verdict = msgspec.convert(found["clause"], Verdict)
        return Why(found["who"], found["profile_id"], msgspec.convert(found["as_of"], datetime), verdict)

    def cost(self, compiled: Compiled, as_of: datetime | None = None) -> Cost:
        """How many events a definition reads at most, from the number of each kind up to then."""
        return self.server.post("cost", _at({"text": _text(compiled)}, as_of), Cost)

    def population(self) -> int:
        """How many profiles there are."""
        return int(self.server.post("cost", {"text": "everybody"}, dict[str, int])["people"])

    # ---- Changes --------------------------------------------------------------------------------------------------

    def named(self, actor: str | None, usual: str) -> str:
        """Nobody: the server knows whose token it is. Raises `StoreError` where somebody is said."""
        refuse_actor(actor)
        return ""

    def versions(self, name: str) -> "list[Version]":
        """What a segment of that name in any case said, from its first version on."""
        from segql.runtime.store.segments import Version

        found = self.server.get(f"segments/{quote(name, safe='')}/versions", list[dict[str, Any]])
        return [msgspec.convert(one | {"segment": _segment(one["segment"])}, Version) for one in found]

    def plan(
        self, texts: Mapping[str, str], at: datetime | None = None, *, prune: bool = False, people: int = 0
    ) -> "Plan":
        """What storing files would do. Mistakes in them are told before anything is sent."""
        asked = {"files": texts, "prune": prune, "people": people}
        return self._planned("plan", texts, _at(asked, at))

    def apply(
        self, texts: Mapping[str, str], author: str, at: datetime | None = None, *, prune: bool = False
    ) -> "Plan":
        """Do what `plan` says, all or nothing."""
        refuse_instant(at)
        return self._planned("apply", texts, {"files": texts, "prune": prune})

    def _planned(self, what: str, texts: Mapping[str, str], asked: Mapping[str, Any]) -> "Plan":
        from segql.compiler.folder import Folder
        from segql.runtime.as_code.planning import Plan, require_right

        require_right(Folder(texts), self.catalog)
        return self.server.post(f"segments/{what}", asked, Plan)

    def refresh(self, names: Sequence[str] | None = None, now: datetime | None = None) -> "Changes":
        """Bring memberships up to date. Of a segment's first refresh those who enter are counted, and not told."""
        from segql.runtime.refresh.changes import Changes, Moved, Summary

        refuse_instant(now)
        asked = {"names": list(names or ()), "people": True}
        found = self.server.post("segments/refresh", asked, dict[str, Any])
        sizes = msgspec.convert(found["segments"], list[Summary])
        return Changes(
            msgspec.convert(found["as_of"], datetime),
            [moved.part() for moved in msgspec.convert(found["moved"], list[Moved])],
            {size.segment: size.members for size in sizes},
            {size.segment for size in sizes if size.first},
            {name: self._mistake_in(name) for name in found["broken"]},
        )

    def _mistake_in(self, segment: str) -> DefinitionError:
        """What is wrong with a stored segment, which the catalog has."""
        try:
            self.compile(f"in segment {quoted(segment)}")
        except DefinitionError as error:
            return error
        return DefinitionError(())  # it was mended meanwhile

    def describe(self, who: str | int, as_of: datetime | None = None) -> dict[str, Any]:
        """Everything that is held about one person, as one document."""
        return self.server.post("people/describe", _at({"who": who}, as_of), dict[str, Any])

    def merge(self, who: str | int, into: str | int, actor: str, at: datetime | None = None) -> int:
        """Make one person a part of another; the survivor's profile_id."""
        refuse_instant(at)
        return self.server.post("people/merge", {"who": who, "into": into}, dict[str, int])["profile_id"]

    def erase(self, who: str | int, actor: str, at: datetime | None = None) -> None:
        """Erase a person, for good."""
        refuse_instant(at)
        self.server.tell("people/erase", {"who": who})

    def keep_by_person(self, progress: "Progress" = lambda done, total: None) -> None:
        """Keep a copy of the events ordered by person. The server makes it, also when nobody waits for it any more."""
        from segql.runtime.store.by_person import ByPerson

        self.server.tell("people/by-person/keep", {})
        while not (found := self.server.get("people/by-person", ByPerson)).is_made:
            if not found.is_kept:
                return  # somebody else dropped it meanwhile
            progress(found.copied, found.events)
            sleep(_LOOK_EVERY)
        progress(found.copied, found.events)

    def drop_by_person(self) -> None:
        """Keep that copy no longer."""
        self.server.tell("people/by-person/drop", {})

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
        """Send files, and import them there. `progress`: told how many bytes were sent; `rejects`: gets the first of the
        rows that cannot be used, as many as the server gives back."""
        from segql.runtime.imports.importing import ImportReport

        refuse_instant(now)
        try:
            said = {} if map is None else {"map": map.read_text(encoding="utf-8")}
            found = self.server.upload(
                f"import/{kind}", said, [(file.name, file) for file in files], dict[str, Any], progress
            )
            given_back = found["rejects"]
            if given_back:
                rejects.write_text(
                    "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in given_back), "utf-8"
                )
        except OSError as error:
            raise StoreError(
                Code.BAD_FILE,
                f"{error.filename} cannot be read or written: {error.strerror}.",
                "Check its name.",
            ) from error
        except UnicodeDecodeError as error:
            raise StoreError(Code.BAD_MAP, f"The map {map} is not UTF-8.", "Save it as UTF-8.") from error
        kept = rejects if given_back else None
        return ImportReport(kind, found["rows"], found["written"], found["rejected"], kept, len(given_back))

    def keep_history(self, attribute: str, at: datetime | None = None) -> bool:
        """Keep from now on what a text attribute was before; whether it was not kept yet."""
        refuse_instant(at)
        return self.server.post("attributes/history", {"name": attribute}, dict[str, bool])["new"]

    def predict(self, as_of: datetime | None = None) -> "Prediction":
        """Fit the models of orders and write what they predict of everybody, as attributes."""
        from segql.runtime.predict.predict import Prediction

        return self.server.post("predict", _at({}, as_of), Prediction)


def connect(address: str, token: str | None = None) -> RemoteStore:
    """The store behind a server: `connect("http://127.0.0.1:8000")`. `token`: made on the server's page Account; by
    default what the variable SEGQL_TOKEN of the environment says. Raises ValueError for what is no such address."""
    if not is_address(address):
        raise ValueError(f"{address!r} is no address of a server: write it as http://127.0.0.1:8000")
    return RemoteStore(Server(address, token or os.environ.get("SEGQL_TOKEN")))


def is_address(place: str) -> bool:
    """Whether a place of a store is a server."""
    parts = urlsplit(place)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def refuse_instant(at: datetime | None) -> None:
    """Raise `StoreError` where something is to happen at another instant than the server's present."""
    if at is not None:
        raise StoreError(
            Code.SERVERS_WORD,
            "What is done at a server happens at its clock.",
            "Leave the instant (--as-of) out.",
        )


def refuse_actor(actor: str | None) -> None:
    """Raise `StoreError` where somebody is named as the one who does something."""
    if actor is not None:
        raise StoreError(
            Code.SERVERS_WORD,
            "What is done at a server is done by whoever's token it is.",
            "Leave the name and the role (--actor, --author, --role) out.",
        )


def _segment(told: dict[str, Any]) -> Segment:
    """A segment as the API tells it, whose whole text is kept where it has comments."""
    text = told.pop("text")
    segment = Segment.from_dict(told)
    return segment if format_segment(segment) == text else segment.changed(written=text.removesuffix("\n"))


def _text(compiled: Compiled) -> str:
    return compiled.bind({}).text


def _at(asked: Mapping[str, Any], as_of: datetime | None) -> dict[str, Any]:
    return dict(asked) | ({} if as_of is None else {"as_of": instant_text(as_of)})

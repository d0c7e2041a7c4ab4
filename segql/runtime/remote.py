"""A store behind a running server (`segql serve`): what can be asked of one, by the server's API."""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import urlsplit

import msgspec

from segql.compiler.catalog.model import Catalog
from segql.compiler.compiled import Compiled
from segql.compiler.person.clauses import Verdict
from segql.runtime.asking import Asking, Cost, Known
from segql.runtime.documents import instant_text
from segql.runtime.errors import Code, StoreError
from segql.runtime.exports import ARROW_STREAM

if TYPE_CHECKING:
    import pyarrow as pa

    from segql.runtime.why import Why


class RemoteStore(Asking):
    """Questions are compiled here, against the server's catalog, and answered there.

    Every method raises `RemoteError` where the server cannot be reached, or refuses."""

    def __init__(self, address: str, token: str | None) -> None:
        self._address = address.rstrip("/")
        self._parts = urlsplit(self._address)
        self._token = token
        self._known: Known | None = None
        self._asking: set[HTTPConnection] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""

    @property
    def place(self) -> str:
        """The server's address."""
        return self._address

    def interrupt(self) -> None:
        """Wait no more for the answers that other threads wait for: they get `RemoteError`."""
        for connection in tuple(self._asking):
            if connection.sock is not None:
                with suppress(OSError):  # it has just ended by itself
                    connection.sock.shutdown(SHUT_RDWR)

    def known(self) -> Known:
        """The server's catalog, sent again only where it is another one."""
        before = "" if self._known is None else str(self._known.version)
        answer = self._ask("catalog", None, **{"if-none-match": before})
        if answer.status != 304 or self._known is None:
            self._known = Known(answer.version, Catalog.from_json(answer.body.decode()))
        return self._known

    def count_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> int:
        """As `count`, of a condition that was compiled before."""
        table = self._table("ask", {"text": f"count {_text(compiled)}"}, as_of)
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
        return self._table("show", asked, as_of)

    def ask_compiled(self, compiled: Compiled, as_of: datetime | None = None) -> "pa.Table":
        """As `ask`, of a statement that was compiled before."""
        return self._table("ask", {"text": _text(compiled)}, as_of)

    def why_compiled(self, compiled: Compiled, who: str | int, as_of: datetime | None = None) -> "Why":
        """As `why`, of a condition that was compiled before."""
        from segql.runtime.why import Why

        found = self._document("why", {"text": _text(compiled), "who": who}, as_of)
        verdict = msgspec.convert(found["clause"], Verdict)
        return Why(found["who"], found["profile_id"], msgspec.convert(found["as_of"], datetime), verdict)

    def cost(self, compiled: Compiled, as_of: datetime | None = None) -> Cost:
        """How many events a definition reads at most, from the number of each kind up to then."""
        found = self._document("cost", {"text": _text(compiled)}, as_of)
        return Cost(found["events"], found["of"])

    def population(self) -> int:
        """How many profiles there are."""
        return int(self._document("cost", {"text": "everybody"}, None)["people"])

    def _document(self, path: str, asked: Mapping[str, Any], as_of: datetime | None) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self._ask(path, _with_instant(asked, as_of)).body)
        return document

    def _table(self, path: str, asked: Mapping[str, Any], as_of: datetime | None) -> "pa.Table":
        import pyarrow as pa

        answer = self._ask(path, _with_instant(asked, as_of), accept=ARROW_STREAM.media_type)
        return pa.ipc.open_stream(answer.body).read_all()

    def _ask(self, path: str, asked: Mapping[str, Any] | None, **headers: str) -> "_Answer":
        if asked is not None:
            headers["content-type"] = "application/json"
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        connection = kind(self._parts.netloc)
        self._asking.add(connection)
        try:
            body = None if asked is None else json.dumps(asked)
            method = "GET" if asked is None else "POST"
            connection.request(method, f"{self._parts.path}/api/{path}", body, headers)
            given = connection.getresponse()
            answer = _Answer(given.status, given.headers.get("etag", ""), given.read())
        except (OSError, HTTPException) as error:
            raise RemoteError(
                Code.UNREACHABLE,
                f"The server at {self._address} does not answer: {error or type(error).__name__}.",
                "Check the address, and that `segql serve` runs there.",
            ) from error
        finally:
            self._asking.discard(connection)
            connection.close()
        if answer.status >= 400:
            raise _refusal(answer)
        return answer


class _Answer(NamedTuple):
    status: int
    version: str
    body: bytes


class RemoteError(StoreError):
    """What the server refused, with its code, or that it does not answer."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(Code.UNREACHABLE, message, remedy)
        self.code = code


def connect(address: str, token: str | None = None) -> RemoteStore:
    """The store behind a server: `connect("http://127.0.0.1:8000")`. `token`: made on the server's page Account; by
    default what the variable SEGQL_TOKEN of the environment says. Raises ValueError for what is no such address."""
    if not is_address(address):
        raise ValueError(f"{address!r} is no address of a server: write it as http://127.0.0.1:8000")
    return RemoteStore(address, token or os.environ.get("SEGQL_TOKEN"))


def is_address(place: str) -> bool:
    """Whether a place of a store is a server."""
    parts = urlsplit(place)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _text(compiled: Compiled) -> str:
    return compiled.bind({}).statement.text()


def _with_instant(asked: Mapping[str, Any], as_of: datetime | None) -> dict[str, Any]:
    return dict(asked) | ({} if as_of is None else {"as_of": instant_text(as_of)})


def _refusal(answer: _Answer) -> RemoteError:
    try:
        problem = json.loads(answer.body)
        return RemoteError(problem["code"], problem["title"], problem["detail"])
    except (ValueError, KeyError, TypeError):
        # Something else than segql answers there, or a proxy before it.
        return RemoteError(
            Code.UNREACHABLE, f"The server answered with status {answer.status}.", "Check the address."
        )

"""A running server (`segql serve`), as programs reach it by its API: requests, answers, refusals."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from secrets import token_hex
from socket import SHUT_RDWR
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import msgspec

from segql.runtime.documents import json_text
from segql.runtime.errors import Code, StoreError
from segql.runtime.exports import ARROW_STREAM

if TYPE_CHECKING:
    import pyarrow as pa

Kind = TypeVar("Kind")

# So many seconds a server has to be there at all.
_PATIENCE = 10
# So many bytes of a file are sent at a time.
_PIECE = 1 << 18


class Answer(NamedTuple):
    """What a server answered. `version`: of what it says, where it has one."""

    status: int
    version: str
    body: bytes


class RemoteError(StoreError):
    """What the server refused, with its code, or that it does not answer."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(Code.UNREACHABLE, message, remedy)
        self.code = code


class Server:
    """What is asked of a server. Every method raises `RemoteError` where it cannot be reached, or refuses.

    Whoever stops waiting closes the connection, by which the server hears that nobody wants the answer any more."""

    def __init__(self, address: str, token: str | None) -> None:
        self.address = address.rstrip("/")
        self._parts = urlsplit(self.address)
        self._token = token
        self._asking: set[HTTPConnection] = set()

    def interrupt(self) -> None:
        """Wait no more for the answers that other threads wait for: they get `RemoteError`."""
        for connection in tuple(self._asking):
            if connection.sock is not None:
                with suppress(OSError):  # it has just ended by itself
                    connection.sock.shutdown(SHUT_RDWR)

    def get(self, path: str, kind: type[Kind]) -> Kind:
        """What there is at a path, as a type of ours."""
        return self._read(self.request("GET", path), kind)

    def post(self, path: str, asked: Mapping[str, Any], kind: type[Kind]) -> Kind:
        """The answer to a question, or what a change did, as a type of ours."""
        return self._read(self.request("POST", path, asked), kind)

    def tell(self, path: str, said: Mapping[str, Any], method: str = "POST") -> None:
        """Make a change that has no answer."""
        self.request(method, path, said)

    def table(self, path: str, asked: Mapping[str, Any]) -> "pa.Table":
        """The answer to a question, as a table."""
        import pyarrow as pa

        answer = self.request("POST", path, asked, accept=ARROW_STREAM.media_type)
        return pa.ipc.open_stream(answer.body).read_all()

    def upload(
        self,
        path: str,
        fields: Mapping[str, str],
        files: Sequence[tuple[str, Path | bytes]],
        kind: type[Kind],
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Kind:
        """Send files, each with its name, as parts named `file` of a form. `progress` is told how many bytes are sent, of
        how many.

        Raises OSError where a file cannot be read."""
        boundary = token_hex(16)
        parts: list[bytes | Path] = [
            f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        for name, file in files:
            quoted = name.replace('"', "%22")
            said = f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'
            parts += [said.encode(), file, b"\r\n"]
        parts.append(f"--{boundary}--\r\n".encode())
        total = sum(len(part) if isinstance(part, bytes) else part.stat().st_size for part in parts)
        answer = self._send(
            "POST",
            path,
            _pieces(parts, lambda done: progress(done, total)),
            {"content-type": f"multipart/form-data; boundary={boundary}", "content-length": str(total)},
        )
        return self._read(answer, kind)

    def request(
        self, method: str, path: str, document: Mapping[str, Any] | None = None, **headers: str
    ) -> Answer:
        """A request with a document, or without one, and its answer."""
        if document is None:
            return self._send(method, path, None, headers)
        return self._send(
            method, path, json_text(document).encode(), headers | {"content-type": "application/json"}
        )

    def _read(self, answer: Answer, kind: type[Kind]) -> Kind:
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except msgspec.DecodeError as error:
            raise RemoteError(
                Code.UNREACHABLE,
                f"The server at {self.address} answers in a way that this segql does not know: {error}.",
                "Use the same version here and there.",
            ) from error

    def _send(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None, headers: dict[str, str]
    ) -> Answer:
        if self._token:
            headers = headers | {"authorization": f"Bearer {self._token}"}
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        connection = kind(self._parts.netloc, timeout=_PATIENCE)
        self._asking.add(connection)
        try:
            connection.connect()
            # From here on it may take as long as the question takes.
            connection.sock.settimeout(None)
            # A server that refuses a file hears no more of it, and says why.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, f"{self._parts.path}/api/{path}", body, headers)
            given = connection.getresponse()
            answer = Answer(given.status, given.headers.get("etag", ""), given.read())
        except (OSError, HTTPException) as error:
            raise RemoteError(
                Code.UNREACHABLE,
                f"The server at {self.address} does not answer: {error or type(error).__name__}.",
                "Check the address, and that `segql serve` runs there.",
            ) from error
        finally:
            self._asking.discard(connection)
            connection.close()
        if answer.status >= 400:
            raise _refusal(answer)
        return answer


def _pieces(parts: Iterable[bytes | Path], progress: Callable[[int], None]) -> Iterator[bytes]:
    done = 0
    for part in parts:
        if isinstance(part, bytes):
            yield part
            done += len(part)
        else:
            with part.open("rb") as file:
                while piece := file.read(_PIECE):
                    yield piece
                    done += len(piece)
                    progress(done)


def _refusal(answer: Answer) -> RemoteError:
    try:
        problem = json.loads(answer.body)
        return RemoteError(problem["code"], problem["title"], problem["detail"])
    except (ValueError, KeyError, TypeError):
        # Something else than segql answers there, or a proxy before it.
        return RemoteError(
            Code.UNREACHABLE, f"The server answered with status {answer.status}.", "Check the address."
        )

"""Who asks a server and goes away stops the question there: a program that waits no more, and Ctrl-C on a command."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

import segql
from segql.runtime.server import RemoteError
from segql.web.access.rights import Right
from segql.web.access.tokens import make_token
from tests.web.listening import Listening
from tests.web.office import Office

# Half a minute of work.
LONG = 'trend did "Viewed Product" then "Placed Order" within 30 days over the last 960 days'


class Noting:
    """A server upon an office, which notes how the questions to it ended."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.asked = Event()
        self.ended: list[int] = []
        self._listening = Listening(self._answer)
        self.address = self._listening.address
        owner = office.users["owner"]
        self.token = make_token(office.store.database, owner, "waits", (Right.READ,), office.clock())

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start" and scope["path"] == "/api/ask":
                self.ended.append(message["status"])
            await send(message)

        if scope.get("path") == "/api/ask":
            self.asked.set()
        await self.office.app(scope, receive, noted)

    def end(self) -> list[int]:
        """End the server, when it has answered; how the questions ended."""
        self._listening.stop()
        return self.ended


@pytest.fixture
def noting(office: Office) -> Iterator[Noting]:
    server = Noting(office)
    yield server
    server.end()


def test_a_program_that_waits_no_more_stops_its_question(noting: Noting) -> None:
    store = segql.connect(noting.address, noting.token)
    compiled = store.compile(LONG)
    refused: list[RemoteError] = []

    def ask() -> None:
        with pytest.raises(RemoteError) as raised:
            store.ask_compiled(compiled)
        refused.append(raised.value)

    asking = Thread(target=ask)
    asking.start()
    assert noting.asked.wait(60), "no question has come"
    store.interrupt()
    asking.join()
    assert [error.code for error in refused] == ["S040"]
    assert noting.end() == [409]


def test_ctrl_c_stops_the_question_of_a_command(noting: Noting) -> None:
    command = subprocess.Popen(
        [sys.executable, "-m", "segql", "query", LONG, "--store", noting.address],
        env={**os.environ, "SEGQL_TOKEN": noting.token},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert noting.asked.wait(60), "no question has come"
    command.send_signal(signal.SIGINT)
    command.communicate()
    assert command.returncode == 130
    assert noting.end() == [409]


def test_who_goes_in_the_middle_of_a_question_is_no_fault(
    noting: Noting, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = noting.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as asking:
        asking.sendall(
            f"POST /api/ask HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {noting.token}\r\n"
            "content-type: application/json\r\ncontent-length: 100\r\n\r\n{".encode()
        )
        assert noting.asked.wait(60), "no question has come"
    assert noting.end() == [409]
    assert not caplog.records

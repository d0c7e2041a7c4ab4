"""A program waits a while for a server to be there, and for its answer as long as that takes."""

import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from segql.runtime import server
from segql.runtime.server import RemoteError, Server


def test_a_server_that_is_not_there_is_told_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        port = deaf.getsockname()[1]
        # Whom nobody lets in fills the queue: nobody else gets into it.
        with (
            socket.create_connection(("127.0.0.1", port)),
            pytest.raises(RemoteError, match="does not answer") as raised,
        ):
            Server(f"http://127.0.0.1:{port}", None).request("GET", "catalog")
    assert raised.value.code == "S040"
    # By us: the system gives up, too, but after minutes.
    assert str(raised.value.__cause__) == "timed out"


def test_an_answer_may_take_longer_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_PATIENCE", 0.1)
    late = Event()

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            late.wait(0.5)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(["late"]).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as slow:
        serving = Thread(target=slow.serve_forever)
        serving.start()
        found = Server(f"http://127.0.0.1:{slow.server_port}", None).get("anything", list[str])
        slow.shutdown()
        serving.join()
    assert found == ["late"]

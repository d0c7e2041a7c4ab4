"""An application behind a port of its own, served by a thread of the tests."""

from threading import Thread

import uvicorn
from uvicorn._types import ASGIApplication


class Listening:
    """A server in a thread, from now until it is stopped. `patience`: the seconds after which it ends, although it has not
    answered yet; None: as long as it takes."""

    def __init__(self, application: ASGIApplication, patience: int | None = None) -> None:
        config = uvicorn.Config(
            application, port=0, interface="asgi3", log_level="warning", timeout_graceful_shutdown=patience
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        """End it."""
        self._server.should_exit = True
        self._thread.join()

"""Serving a store: it is opened, the first owner's link is made, and the server runs until it is stopped."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import uvicorn

import segql
from segql.sms import Sms
from segql.web.access.users import welcome_link
from segql.web.app import create_app
from segql.web.desk import Desk

# Seconds after which a thread that computes lets another one have its turn. A page asks the store some twenty times, and
# each time waits for its turn: with Python's own 5 ms it would wait a tenth of a second for a job that prepares texts.
_TURN = 0.001


def serve(path: Path, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve the store at `path`, made where there is none, until the process is stopped. `tell` is told where it is."""

    def clock() -> datetime:
        return datetime.now(UTC)

    sys.setswitchinterval(_TURN)
    with segql.open(path, create=True) as store:
        sms = Sms(store, clock=clock)
        try:
            address = f"http://{host}:{port}"
            if (secret := welcome_link(store.database, clock())) is not None:
                tell(f"The first owner comes in here, once: {address}/welcome/{secret}")
            tell(f"segql serves {path} at {address}")
            app = create_app(Desk(store, sms, clock))
            _Server(uvicorn.Config(app, host=host, port=port, log_level="warning")).run()
        finally:
            sms.close()


class _Server(uvicorn.Server):
    """A server that waits for its answers to end when it is stopped: the streams of events have to be told."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop."""
        self.config.app.state.hub.end()  # type: ignore[union-attr]
        super().handle_exit(sig, frame)

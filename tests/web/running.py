"""`segql serve` as a person starts it: a process of its own upon a copy of the made-up shop, and a token for a program."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from segql.sms.carriers.simulated import memory_beside
from segql.web.access.rights import Right
from tests.cli.command_line import Done
from tests.cli.command_line import segql as run


class Running:
    """A server in a process of its own, which a program has a token for, and a copy of the store that it serves."""

    def __init__(self, shop: Path, folder: Path) -> None:
        self.served, self.copy = folder / "served.duckdb", folder / "copy.duckdb"
        for copy in (self.served, self.copy):
            shutil.copy(shop, copy)
            shutil.copy(memory_beside(shop), memory_beside(copy))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        command = [
            sys.executable,
            "-m",
            "segql",
            "serve",
            "--store",
            str(self.served),
            "--port",
            str(self.port),
        ]
        # Behind a pipe, as a service has it.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        link = re.search(r"http://\S+", said)
        assert link is not None, said
        self.link = link[0]
        while "segql serves" not in self.process.stdout.readline():
            assert self.process.poll() is None
        # A server whose log nobody reads would stop when the pipe is full.
        self._listening = Thread(target=self.process.stdout.read)
        self._listening.start()
        self.token = self._come_in()

    def _come_in(self) -> str:
        """Become the owner by the link, and make a token."""
        import httpx2

        with httpx2.Client(headers={"sec-fetch-site": "same-origin"}, follow_redirects=True) as client:
            transport = httpx2.HTTPTransport(retries=100)
            with httpx2.Client(transport=transport) as waiting:
                waiting.get(self.link)
            form = {"email": "olive@acme.example", "name": "Olive", "password": "correct horse battery"}
            client.post(self.link, data=form)
            made = client.post(
                f"{self.address}/account/tokens",
                data={"name": "command line", "rights": list(Right)},
            )
        found = re.search(r"segql_[\w-]{20,}", made.text)
        assert found is not None
        return found[0]

    def run(self, place: str, *arguments: str, token: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "SEGQL_STORE": place, "SEGQL_TOKEN": token or self.token}
        command = [sys.executable, "-m", "segql", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    def both(self, *arguments: str) -> tuple[str, str]:
        """What a command says of the server, and of the file."""
        done = [self.run(place, *arguments) for place in (self.address, str(self.copy))]
        assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
        return done[0].stdout, done[1].stdout

    def stop(self) -> None:
        """End it as a service is ended."""
        self.process.terminate()
        self._listening.join()
        with self.process:
            pass


class Places(NamedTuple):
    """A server, and a file that holds the same."""

    server: Running

    def remote(self, *arguments: object) -> Done:
        return run(*arguments, "--store", self.server.address)

    def local(self, *arguments: object) -> Done:
        return run(*arguments, "--store", self.server.copy)

    def both(self, *arguments: object) -> Done:
        """What a command says at the server, which is what it says of the file."""
        remote, local = self.remote(*arguments), self.local(*arguments)
        assert remote == local
        return remote

"""What all tests share: how Hypothesis and the processes run, and where the real shop lies."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# No test asserts a duration; a failing example is printed so that it can be run again.
settings.register_profile("segql", deadline=None, print_blob=True)
settings.load_profile("segql")

REAL_SHOP = Path(
    os.environ.get(
        "SEGQL_REAL_SHOP", Path(__file__).parents[2] / "shared" / "data" / "online_retail_2009_2010.parquet"
    )
)


def pytest_configure() -> None:
    """Commands that tests start hear of Ctrl-C, also where those who began the tests in the background do not."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests of pages and of servers wait as long as they compute."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of an empty database of a real PostgreSQL, which every process of the tests starts for itself."""
    from tests.postgresql import server

    with server() as address:
        yield address


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line, also where the tests run on several cores, that the tests of the real shop were left out."""
    if not REAL_SHOP.exists():
        terminalreporter.write_line(f"left out: the tests of the real shop, as {REAL_SHOP} is absent")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test is a failure: what it would show is not shown."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("a test was skipped, which counts as a failure")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

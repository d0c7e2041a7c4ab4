"""The prompt as a person meets it: a real pseudo-terminal, whose screen is looked at; and questions from a pipe."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pexpect
import pyarrow as pa
import pyte
import pytest

import segql
from segql.cli.files import write_file
from segql.runtime.exports import FORMATS

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ROWS, COLUMNS = 40, 110
PATIENCE = 60
ENTER, TAB, CTRL_C, CTRL_D, UP = "\r", "\t", "\x03", "\x04", "\x1b[A"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three people, two of them women, one of whom has ordered."""
    path = tmp_path_factory.mktemp("repl") / "shop.duckdb"
    people = {"external_id": ["ada", "bob", "cyd"], "gender": ["female", "male", "female"]}
    orders = {
        "external_id": ["ada"],
        "occurred_at": [datetime(2026, 5, 20, tzinfo=UTC)],
        "event_id": ["o1"],
        "Total": [40.0],
    }
    with segql.open(path, create=True) as opened:
        opened.upsert_profiles(pa.table(people), NOW)
        opened.append_events("Placed Order", pa.table(orders), amount="Total")
        opened.save_segments('segment "Women" "who we like": gender is "female"', NOW)
    return path


class Terminal:
    """A terminal in which `segql repl` runs."""

    def __init__(self, store: Path, history: Path) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.Stream(self.screen)
        self._process = pexpect.spawn(
            sys.executable,
            ["-m", "segql", "repl", "--store", str(store), "--as-of", "2026-06-01T12:00Z"],
            env={
                **os.environ,
                "SEGQL_HISTORY": str(history),
                "TERM": "xterm-256color",
                "PROMPT_TOOLKIT_NO_CPR": "1",
            },
            dimensions=(ROWS, COLUMNS),
            encoding="utf-8",
            timeout=PATIENCE,
        )
        self.sees("segql>")

    def types(self, text: str) -> None:
        self._process.send(text)

    def sees(self, text: str) -> None:
        """Read what the program writes until a text stands on the screen."""
        while text not in self.text:
            self._stream.feed(self._process.read_nonblocking(65536, PATIENCE))

    def presses(self, key: str, text: str) -> None:
        """Press a key until a text stands on the screen: what is there from before is read while one waits."""
        while text not in self.text:
            self.types(key)
            with suppress(pexpect.TIMEOUT):
                self._stream.feed(self._process.read_nonblocking(65536, 1))

    def clears(self) -> None:
        """Forget what stands on the screen, as far as the test is concerned."""
        self.screen.reset()

    def ends(self) -> int:
        self._process.expect(pexpect.EOF)
        self._process.close()
        return int(self._process.exitstatus or 0)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def close(self) -> None:
        self._process.close(force=True)


@pytest.fixture
def terminal(store: Path, tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(store, tmp_path / "history")
    yield opened
    opened.close()


def test_a_condition_is_counted(terminal: Terminal) -> None:
    terminal.types('gender is "female"' + ENTER)
    terminal.sees("2 of 3 (66.7%)")
    terminal.types('$_ and did "Placed Order"' + ENTER)
    terminal.sees("1 of 3 (33.3%)")
    terminal.types("Women" + ENTER)
    terminal.types("count everybody by gender" + ENTER)
    terminal.sees("█")  # bars beside the table


def test_names_values_and_keywords_are_proposed_and_put_in(terminal: Terminal) -> None:
    terminal.types("did Pl")
    terminal.sees("1 event")
    terminal.types(TAB)
    terminal.sees('did "Placed Order"')
    terminal.types(" and gen")
    terminal.sees("attribute, text, 3 people")
    terminal.types(TAB + " is f")
    terminal.sees("value, 2")
    terminal.types(TAB + ENTER + ENTER)
    terminal.sees("1 of 3 (33.3%)")


def test_a_mistake_is_shown_before_it_is_asked_and_can_be_mended(terminal: Terminal) -> None:
    terminal.types('gender is "female" and contry is "US"' + ENTER)
    terminal.sees('SG201: there is no attribute called "contry"')
    assert terminal.screen.cursor.x == len('segql> gender is "female" and ')
    terminal.types("\x0b" + 'did "Placed Order"' + ENTER)
    terminal.sees("1 of 3 (33.3%)")


def test_a_question_that_is_not_whole_goes_on_in_the_next_line(terminal: Terminal) -> None:
    terminal.types('gender is "female" and' + ENTER)
    terminal.sees("   ...")
    terminal.types('did "Placed Order"' + ENTER)
    terminal.sees("1 of 3 (33.3%)")


def test_what_no_further_line_can_mend_is_told_at_once(terminal: Terminal) -> None:
    terminal.types("in the last" + ENTER)
    terminal.sees("SG101: `in the last` says when, but not what")
    assert terminal.screen.cursor.x == len("segql> ")
    terminal.types("\x0b" + 'did "Placed Order"' + ENTER)
    terminal.sees("1 of 3 (33.3%)")


def test_an_interrupt_stops_the_question_and_not_the_conversation(terminal: Terminal) -> None:
    terminal.types('gender is "female"' + ENTER)
    terminal.sees("2 of 3")
    terminal.types("\\watch 1000" + ENTER)
    terminal.clears()
    terminal.sees("2 of 3")
    terminal.types(CTRL_C)
    terminal.sees("stopped")
    terminal.types('gender is "male"' + ENTER)
    terminal.sees("1 of 3")
    terminal.types("half a quest")
    terminal.sees("half a quest")
    terminal.clears()
    terminal.types(CTRL_C)
    terminal.sees("segql>")
    terminal.types(CTRL_D)
    assert terminal.ends() == 0


def test_what_was_asked_can_be_asked_again(store: Path, tmp_path: Path) -> None:
    first = Terminal(store, tmp_path / "history")
    first.types('gender is "male"' + ENTER)
    first.sees("1 of 3 (33.3%)")
    first.types("\\quit" + ENTER)
    assert first.ends() == 0
    second = Terminal(store, tmp_path / "history")
    second.presses(UP, 'gender is "male"')
    second.types(ENTER)
    second.sees("1 of 3 (33.3%)")
    second.close()
    assert (tmp_path / "history").stat().st_mode & 0o077 == 0


def piped(store: Path, *lines: str) -> subprocess.CompletedProcess[str]:
    """Questions from a pipe."""
    command = [sys.executable, "-m", "segql", "repl", "--store", str(store), "--as-of", "2026-06-01T12:00Z"]
    return subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (('gender is "female"',), "2 of 3 (66.7%)"),
        (('gender is "female";', "show external_id where $_"), "ada        \ncyd"),
        (('gender is "female"', "\\sql"), "SELECT"),
        (("\\sql gender is set",), "SELECT"),
        (('gender is "female"', "\\explain"), "female"),
        (('gender is "female"', "\\why bob"), "bob: no"),
        (('\\why ada did "Placed Order"',), "ada: yes"),
        (("\\describe",), "Placed Order"),
        (("\\describe gender",), "female      2"),
        (('\\describe "placed order"',), "1 of 1 events"),
        (("\\describe women",), 'gender is "female"'),
        (("\\timing", "gender is set"), " ms"),
        (("\\help",), "\\export FILE"),
        (("\\quit", "gender is set"), ""),
    ],
)
def test_questions_and_commands_are_answered(store: Path, lines: tuple[str, ...], expected: str) -> None:
    done = piped(store, *lines)
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("\\nope", "there is no \\nope"),
        ("\\exort x.csv", "did you mean \\export?"),
        ("\\sql", "nothing was asked yet"),
        ("\\why", "say whom"),
        ("\\watch soon", "say how many seconds"),
        ("\\export x.doc", "in which form: .csv, .json, .jsonl, .parquet"),
        ("\\describe gendr", 'did you mean "gender"?'),
        ('contry is "US"', "SG201"),
        ("show external_id where $_", "SG"),
        ("\\why nobody gender is set", "S0"),
    ],
)
def test_a_mistake_says_what_to_do_and_the_next_line_is_read(store: Path, line: str, message: str) -> None:
    done = piped(store, line, "gender is set")
    assert message in done.stderr
    assert "3 of 3" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize("ending", ["csv", "parquet", "json"])
def test_the_last_answer_is_exported(store: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"women.{ending}"
    assert "2 rows" in piped(store, 'gender is "female"', f"\\export {path}").stdout
    assert path.stat().st_size > 0


def test_a_spreadsheet_runs_nothing_of_an_export(tmp_path: Path) -> None:
    said = [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "+1 (617) 555-0123",
        "-2.5",
        "plain",
        None,
    ]
    table = pa.table({"said": said, "lists": pa.array([["=1", "b"], None, *[[]] * 7], pa.list_(pa.string()))})
    write_file(table, tmp_path / "said.csv", FORMATS[".csv"])
    with (tmp_path / "said.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    assert [row[0] for row in rows] == [
        "'=1+1", "'+cmd|' /C calc'!A0", "'-2+3", "'@SUM(A1)", "'\t=1", "+1 (617) 555-0123", "-2.5", "plain", ""
    ]  # fmt: skip
    assert rows[0][1] == "'=1, b"

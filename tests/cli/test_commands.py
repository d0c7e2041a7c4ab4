"""The commands as a person runs them: answers, JSON, messages, exit codes, and nothing half-written."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet
import pytest

from segql.runtime.exports import FORMATS

PEOPLE = """external_id,email,phone_number,country,gender,created
ada,ada@example.com,+33612345678,France,female,2026-01-05
bob,bob@example.com,,Germany,male,2026-02-05
cyd,,+12025550123,,female,2026-03-05
"""
ORDERS = """external_id,occurred_at,event_id,Total
ada,2026-05-01T10:00:00Z,o1,40
ada,2026-05-20T10:00:00Z,o2,25.5
bob,2026-03-01T10:00:00Z,o3,600
"""
MAP = """
[account]
timezone = "Europe/Paris"
currency = "EUR"
country = "FR"

[events]
event = "Placed Order"
amount = "Total"
"""
AS_OF = ("--as-of", "2026-06-01T12:00")


class Shop:
    """A folder with a store, in which commands are run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "segql", *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={key: value for key, value in os.environ.items() if key != "SEGQL_STORE"},
            check=False,
        )

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.write("people.csv", PEOPLE)
    shop.write("orders.csv", ORDERS)
    shop.write("map.toml", MAP)
    assert shop.run("import", "profiles", "people.csv", "--map", "map.toml").returncode == 0
    assert shop.run("import", "events", "orders.csv", "--map", "map.toml").returncode == 0
    return shop


def test_count(shop: Shop) -> None:
    done = shop.run("count", 'did "Placed Order" in the last 60 days', *AS_OF)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 of 3 (33.3%)\n", "")


def test_count_json(shop: Shop) -> None:
    done = shop.run("count", 'did "Placed Order"', *AS_OF, "--json")
    assert json.loads(done.stdout) == {"count": 2, "of": 3, "as_of": "2026-06-01T10:00:00Z"}


def test_as_of_looks_into_the_past(shop: Shop) -> None:
    done = shop.run("count", 'did "Placed Order"', "--as-of", "2026-04-01", "--json")
    assert json.loads(done.stdout)["count"] == 1


def test_show(shop: Shop) -> None:
    done = shop.run("show", 'gender is "female"', "--columns", "external_id,country", "--json", *AS_OF)
    rows = json.loads(done.stdout)["rows"]
    assert rows == [{"external_id": "ada", "country": "France"}, {"external_id": "cyd", "country": None}]
    assert "France" in shop.run("show", 'gender is "female"', "--columns", "country").stdout


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_export(shop: Shop, ending: str) -> None:
    name = f"people{ending}"
    arguments = ("export", 'gender is "female"', "--to", name, "--columns", "external_id,country", *AS_OF)
    assert shop.run(*arguments).stdout == f"2 people in {name}\n"
    read: dict[str, Callable[[Path], pa.Table]] = {
        ".csv": pyarrow.csv.read_csv,
        ".jsonl": pyarrow.json.read_json,
        ".json": lambda path: pa.Table.from_pylist(json.loads(path.read_text())),
        ".parquet": pyarrow.parquet.read_table,
        ".arrow": lambda path: pa.ipc.open_file(path).read_all(),
        ".arrows": lambda path: pa.ipc.open_stream(path.read_bytes()).read_all(),
    }
    rows = read[ending](shop.folder / name).to_pylist()
    assert [(row["external_id"], row["country"] or None) for row in rows] == [
        ("ada", "France"),
        ("cyd", None),
    ]


def test_export_says_which_forms_there_are(shop: Shop) -> None:
    done = shop.run("export", "everybody", "--to", "people.doc")
    assert done.returncode == 2
    assert ".parquet" in done.stderr
    assert not (shop.folder / "people.doc").exists()


def test_query(shop: Shop) -> None:
    done = shop.run("query", 'count did "Placed Order" by country', "--json", *AS_OF)
    assert json.loads(done.stdout)["rows"] == [
        {"country": "France", "count": 1},
        {"country": "Germany", "count": 1},
    ]
    done = shop.run("query", 'explain country is "France"', *AS_OF)
    assert done.stdout.startswith('People whose country is "France".')


def test_compare(shop: Shop) -> None:
    recent = 'did "Placed Order" in the last 60 days'
    (came,) = json.loads(shop.run("compare", recent, "2026-01-01", "2026-05-20", "--json", *AS_OF).stdout)[
        "rows"
    ]
    stated = shop.run("query", f"compare {recent} as of 2026-01-01 with 2026-05-20", "--json", *AS_OF)
    assert [came] == json.loads(stated.stdout)["rows"]
    assert (came["change"], came["clause"]) == ("entered", recent)
    assert shop.run("compare", recent, "2026-01-01", *AS_OF).stdout.startswith("1 entered, 0 left\n")


def test_show_takes_whom_a_question_is_about(shop: Shop) -> None:
    rows = json.loads(
        shop.run("show", 'trend gender is "female" over the last 3 days', "--json", *AS_OF).stdout
    )["rows"]
    assert [row["external_id"] for row in rows] == ["ada", "cyd"]


def test_sql_can_be_run_by_anybody(shop: Shop) -> None:
    import duckdb

    done = shop.run("sql", "historic_clv at least €100", "--json", *AS_OF)
    printed = json.loads(done.stdout)
    with duckdb.connect(str(shop.folder / "segql.duckdb")) as connection:
        assert len(connection.execute(printed["sql"], printed["parameters"]).fetchall()) == 1
    assert "-- $p1 = " in shop.run("sql", "historic_clv at least €100", *AS_OF).stdout


def test_explain(shop: Shop) -> None:
    done = shop.run("explain", 'did "Placed Order" in the last 30 days', *AS_OF)
    assert "2026-05-02 to 2026-06-01 12:00" in done.stdout
    assert "reads at most 3 of 3 events" in done.stdout
    assert json.loads(shop.run("explain", "gender is set", "--json").stdout)["reads"]["attributes"] == [
        "gender"
    ]


def test_check(shop: Shop) -> None:
    good = shop.write("good.segql", 'segment "A": gender is "female"\nsegment "B": in segment "A"\n')
    bad = shop.write("bad.segql", 'segment "C": gander is "female"\n')
    assert shop.run("check", good).returncode == 0
    done = shop.run("check", good, bad, "--json")
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert done.returncode == 1
    assert {key: found[key] for key in ("code", "severity", "file", "line", "column", "end_line", "end_column")} == {
        "code": "SG201", "severity": "error", "file": "bad.segql",
        "line": 1, "column": 14, "end_line": 1, "end_column": 20,
    }  # fmt: skip
    assert found["fixes"][0]["edits"][0]["text"] == "gender"
    assert "^^^^^^" in shop.run("check", bad).stderr


def test_check_with_a_catalog_needs_no_store(shop: Shop, tmp_path: Path) -> None:
    catalog = shop.write("catalog.json", '{"attributes": [{"name": "gender", "type": "text"}]}')
    good = shop.write("gender.segql", 'gender is "f"')
    done = shop.run("check", good, "--catalog", catalog, "--store", str(tmp_path / "nowhere.duckdb"))
    assert done.returncode == 0
    for text, said in (
        ("{", "truncated"),
        ('{"events": [{"nme": "X"}]}', "unknown field `nme` - at `$.events[0]`"),
    ):
        shop.write(catalog, text)
        wrong = shop.run("check", good, "--catalog", catalog)
        assert wrong.returncode == 1
        assert "is no catalog: " in wrong.stderr and said in wrong.stderr.replace("\n", " ")
        assert "Traceback" not in wrong.stderr


def test_a_catalog_with_own_tables_needs_no_store(shop: Shop, tmp_path: Path) -> None:
    import duckdb

    catalog = shop.write(
        "own.json",
        """{"attributes": [{"name": "country", "type": "text"}],
        "segments": [{"name": "The French", "definition": "country is \\"France\\""}],
        "tables": {"profiles": {"table": "users", "key": "id", "attributes": {"country": "land"}}}}""",
    )
    from_it = ("--catalog", catalog, "--store", str(tmp_path / "nowhere.duckdb"), *AS_OF)
    printed = json.loads(shop.run("sql", "the french", "--json", *from_it).stdout)
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE users AS FROM (VALUES (7, 'FRANCE'), (8, 'Peru'), (9, NULL)) t(id, land)"
        )
        assert connection.execute(printed["sql"], printed["parameters"]).fetchall() == [(7,)]
    told = shop.run("explain", "The French", *from_it).stdout
    assert "People who are in the segment" in told and "Cost:" not in told
    assert "cost" not in json.loads(shop.run("explain", "The French", "--json", *from_it).stdout)
    examples = 'segment "F": country is "France" expect in: {country: "France"} expect out: {country: "Peru"}'
    assert shop.run("test", shop.write("own.segql", examples), *from_it).returncode == 0
    wrong = shop.run("check", shop.write("sms.segql", "can receive sms"), "--catalog", catalog)
    assert wrong.returncode == 1
    assert "SG309: the account's own tables have no consents" in wrong.stderr


def test_fmt(shop: Shop) -> None:
    name = shop.write("messy.segql", 'SEGMENT "A":gender   IS "f" -- note\n')
    assert shop.run("fmt", name, "--check").returncode == 1
    assert shop.run("fmt", name).stdout == "changed messy.segql\n"
    assert (shop.folder / name).read_text() == 'segment "A":\n  gender is "f" -- note\n'
    assert shop.run("fmt", name, "--check").returncode == 0


def test_apply_stores_segments_that_others_use(shop: Shop) -> None:
    shop.write("women.segql", 'segment "Women": gender is "female"')
    shop.write("france.segql", 'segment "French women": in segment "Women" and country is "France"')
    done = shop.run("apply", "women.segql", "france.segql", "--json")
    assert [one["change"] for one in json.loads(done.stdout)["segments"]] == ["new", "new"]
    assert shop.run("apply", "women.segql").stdout == "unchanged Women\n"
    assert shop.run("count", "french women", *AS_OF).stdout == "1 of 3 (33.3%)\n"
    assert shop.run("count", "@france.segql", *AS_OF).stdout == "1 of 3 (33.3%)\n"


def test_apply_stores_all_or_none(shop: Shop) -> None:
    shop.write("half.segql", 'segment "Right": gender is "female"\nsegment "Wrong": gander is "x"')
    assert shop.run("apply", "half.segql").returncode == 1
    assert "SG205" in shop.run("count", 'in segment "Right"').stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["count", "gander is"], 1, "SG101"),
        (["count", 'gander is "x"'], 1, 'did you mean "gender"?'),
        (["count", "gender more than 5"], 1, "SG301"),
        (["count", "gender is set", "--store", "none.duckdb"], 1, "S001"),
        (["count", "gender is set", "--store", "people.csv"], 1, "S003"),
        (["import", "profiles", "people.csv", "--store", "no/such/folder/x.duckdb"], 1, "S004"),
        (["import", "profiles", "missing.csv"], 1, "missing.csv"),
        (["import", "profiles", "fake.parquet"], 1, "Parquet"),
        (["import", "events", "orders.csv", "--map", "broken.toml"], 1, "occured"),
        (["import", "nonsense", "people.csv"], 2, "nonsense"),
        (["count", "gender is set", "--as-of", "yesterdayish"], 2, "--as-of"),
        (["count", "@missing.segql"], 2, "missing.segql"),
        (["count", "overlap gender is set, country is set"], 1, "SG107"),
        (["show", "funnel gender is set then country is set"], 1, "SG107"),
        (["compare", "gender is set", "yesterdy"], 1, "did you mean `yesterday`?"),
        (["compare", "gender is set", "2026-02-30"], 1, "SG105"),
        (["compare", 'gender is set in time zone "Asia/Tokyo"', "yesterday"], 2, "time zone"),
        (["count"], 2, "COND"),
        (["sql", "gender is set", "--dialect", "oracle"], 2, "oracle"),
        (["unknowable"], 2, "unknowable"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input(shop: Shop, arguments: list[str], code: int, said: str) -> None:
    shop.write("fake.parquet", "these are no columns")
    shop.write("broken.toml", '[events]\nevent = "X"\ncolumns = { occurred_at = "occured" }\n')
    done = shop.run(*arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_store_that_another_process_holds(shop: Shop) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", "import segql; s = segql.open('segql.duckdb'); print(1, flush=True); input()"],
        cwd=shop.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        done = shop.run("count", "gender is set")
        holder.communicate("\n")
    assert done.returncode == 1
    assert "S002" in done.stderr


def test_no_bar_and_no_colour_in_a_pipe(shop: Shop) -> None:
    done = shop.run("import", "profiles", "people.csv", "--map", "map.toml")
    assert done.stderr == ""
    assert "\x1b" not in done.stdout + shop.run("count", "gander is set").stderr


@pytest.mark.parametrize(
    "command", ["check", "fmt", "sql", "explain", "apply", "count", "show", "compare", "query", "import"]
)
def test_help_has_an_example_and_the_common_options(shop: Shop, command: str) -> None:
    done = shop.run(command, "--help")
    assert done.returncode == 0
    assert f"Example: segql {command}" in done.stdout
    assert all(option in done.stdout for option in ("--store", "--as-of", "--json"))

"""Text to SQL: a definition of 30 lines and 13 conditions, against prqlc's 13 lines; a keystroke; a cold start.

    python benchmarks/compile.py [--rounds N]

The ratios are of medians taken in turns in one run, of processor time, so that a busy machine slows both alike. Ours is
pure Python, prqlc is compiled Rust.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import prqlc

from segql.compiler.catalog.model import Account, Attribute, Catalog, Event, Property
from segql.compiler.pipeline import check, compile

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

CATALOG = Catalog(
    account=Account(timezone="America/New_York"),
    attributes=tuple(
        Attribute(name=name, type=kind)  # type: ignore[arg-type]  # the types are the model's
        for name, kind in {
            "gender": "text",
            "country": "text",
            "email": "text",
            "created": "datetime",
            "phone_valid": "boolean",
            "predicted_clv": "number",
        }.items()
    ),
    events=tuple(
        Event(name=name, id=index, amount="Total", properties=(Property(name="Total", type="number"),))
        for index, name in enumerate(("Placed Order", "Opened Email", "Clicked Email", "Clicked SMS"), 1)
    ),
    lists=("Do not disturb",),
)

DEFINITION = """\
-- The people for the autumn launch: good customers who can be texted
-- and have been quiet for a while.
segment "Autumn launch" "Good customers who have been quiet" [tags: sms, autumn]:
  can receive sms
  and (
    did "Placed Order" at least 3 times in the last 365 days
      where Total more than 50
    or sum of Total from "Placed Order" in the last 365 days
      at least $500
    or top 5% by number of "Placed Order"
  )
  and not (
    country is "US"
    and created
      is in the last 30 days
  )
  and did none of ("Opened Email", "Clicked Email")
    in the last 30 days
  and last "Placed Order"
    is more than 60 days ago
  and gender
    is in ("f", "female")
  and (
    email ends with "example.com"
    or email contains "shop"
  )
  and predicted_clv
    between $10 and $5000
  and not in list
    "Do not disturb"
"""

# The nearest that PRQL can say in 13 lines: the same kind of people, from three joined aggregates.
PRQL = """\
let orders = (from events | filter metric == 1 | group profile_id (aggregate {n = count this, total = sum amount}))
let mails = (from events | filter metric == 2 | group profile_id (aggregate {opened = count this}))
let clicks = (from events | filter metric == 4 | group profile_id (aggregate {clicked = count this}))
from profiles
join side:left orders (profiles.profile_id == orders.profile_id)
join side:left mails (profiles.profile_id == mails.profile_id)
join side:left clicks (profiles.profile_id == clicks.profile_id)
filter (orders.n ?? 0) >= 3 || (orders.total ?? 0) >= 500
filter (mails.opened ?? 0) == 0 && (clicks.clicked ?? 0) > 0
filter country != "US" && (gender == "f" || gender == "female")
filter predicted_clv >= 10 && predicted_clv <= 5000
filter (email | text.ends_with "example.com") || (email | text.contains "shop")
select {profiles.profile_id}
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="How often each is compiled.")
    rounds = parser.parse_args().rounds
    lines, conditions = len(DEFINITION.splitlines()), 13
    print(f"text to SQL: {lines} lines, {conditions} conditions, against prqlc with 13 lines")
    for how, block in (("warm", 20), ("each after the other", 1)):
        ours, theirs = _in_turns(rounds, block, _compile, lambda: prqlc.compile(PRQL))
        print(f"  {how:20}  {ours * 1000:6.2f} ms against {theirs * 1000:6.2f} ms, ratio {ours / theirs:.2f}")
    keystroke = _keystroke(rounds)
    print(f"check of a keystroke, catalog of 5,000 names: 99th percentile {keystroke * 1000:.1f} ms")
    bare = _cold("pass")
    print(f"import segql, beyond an empty Python: {(_cold('import segql') - bare) * 1000:.1f} ms")
    print(
        f"segql check FILE --catalog, cold: {_cold_check() * 1000:.0f} ms (an empty Python: {bare * 1000:.0f} ms)"
    )
    print(
        f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB at most in this process"
    )


def _compile() -> object:
    return compile(DEFINITION, CATALOG).sql(now=NOW)


def _in_turns(rounds: int, block: int, *functions: Callable[[], object]) -> list[float]:
    """The median processor time of each, in seconds, after a warm-up. They take turns by blocks: in those of one call
    each finds the processor's caches full of the other's."""
    times: list[list[float]] = [[] for _ in functions]
    for turn in range(rounds // block + 10):
        for function, found in zip(functions, times, strict=True):
            for _ in range(block):
                start = time.process_time()
                function()
                if turn >= 10:
                    found.append(time.process_time() - start)
    return [statistics.median(found) for found in times]


def _keystroke(rounds: int) -> float:
    """The 99th percentile of checking the definition as it is typed, character by character, in seconds."""
    names = tuple(Attribute(name=f"attribute {number}", type="text") for number in range(5000))
    catalog = CATALOG.changed(attributes=(*CATALOG.attributes, *names))
    text = 'can receive sms\nand gender is "f"\nand did "Placed Order" at least 3 times in the last 90 days'
    check(text, catalog)
    times = []
    for length in range(1, len(text) + 1):
        for _ in range(max(1, rounds // 50)):
            start = time.process_time()
            check(text[:length], catalog)
            times.append(time.process_time() - start)
    return sorted(times)[int(len(times) * 0.99)]


def _cold(code: str) -> float:
    """The median time of a fresh Python that runs a line, in seconds."""
    return _run([sys.executable, "-c", code])


def _cold_check() -> float:
    with tempfile.TemporaryDirectory() as folder:
        file, catalog = Path(folder, "launch.segql"), Path(folder, "catalog.json")
        file.write_text(DEFINITION)
        catalog.write_text(CATALOG.to_json())
        return _run([sys.executable, "-m", "segql", "check", str(file), "--catalog", str(catalog)])


def _run(command: list[str]) -> float:
    """The median time of a command. Python keeps what it compiles, as it does where nobody forbids it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for turn in range(12):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        if turn > 1:
            times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()

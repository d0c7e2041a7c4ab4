"""SMS at size: gate and queue a campaign of a million people; hand over to the simulated carrier, with receipts.

    python benchmarks/sms.py [--people N] [--texts N]

Asked for: to queue, at most 10 s and 2 GiB; to hand over, 1,000 texts a second on two cores, receipts included. Wall time
and processor time are both shown: on a busy machine the second says more. The segment's own query is shown apart.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import segql
from segql.compiler.catalog.model import Account
from segql.sms import Campaign, Sms, dispatch, starting
from segql.sms.audit import By
from segql.sms.carriers.simulated import SimulatedCarrier

NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
SEGMENT = 'first_name is set and can receive sms and country is not "CA"'
CAMPAIGN = Campaign(
    "Sale", (SEGMENT,), "Hi {{ first_name }}, it has begun: {{ link('https://shop.example/sale') }}"
)

_ANSWERS = 200

Result = TypeVar("Result")


def fill(store: segql.Store, people: int) -> None:
    """People in five cities with as many numbers, who subscribed, and an eighth who did not."""
    store.save_account(Account(name="Acme", timezone="America/New_York", currency="USD", country="US"))
    with store.database.transaction() as connection:
        connection.execute(
            """INSERT INTO profiles BY NAME SELECT i::INTEGER AS profile_id, 'c' || i AS external_id,
              '+1' || ['212', '415', '312', '617', '305'][1 + i % 5] || (2000000 + i) AS phone_number,
              true AS phone_valid, 'US' AS phone_country, 'US' AS country, 'Name' || i % 5000 AS first_name,
              '2026-01-01'::TIMESTAMP_S AS created
            FROM range($people) t(i)""",
            {"people": people},
        )
        connection.execute(
            """INSERT INTO consents BY NAME SELECT profile_id AS consent_id, 'sms' AS channel, 'marketing' AS kind,
              phone_number AS address, 'subscribed' AS status, '2026-01-01'::TIMESTAMP_S AS occurred_at,
              '2026-01-01'::TIMESTAMP_S AS recorded_at, 'form' AS method, 'benchmark' AS actor
            FROM profiles WHERE profile_id % 8 <> 0"""
        )
        connection.execute(
            """INSERT INTO consent_periods BY NAME SELECT profile_id, 'sms' AS channel, 'marketing' AS kind,
              'subscribed' AS status, '2026-01-01'::TIMESTAMP_S AS from_at, '9999-12-31'::TIMESTAMP_S AS until_at
            FROM profiles WHERE profile_id % 8 <> 0"""
        )


def timed(what: str, work: Callable[[], Result]) -> tuple[Result, float, float]:
    """Do something once, and say how long it took: the result, wall seconds, processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{what:<46} {wall:8.2f} s wall {processor:8.2f} s processor   {peak():.2f} GiB at most")
    return result, wall, processor


def peak() -> float:
    """The most memory that the process has had, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--texts", type=int, default=30_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), arguments.people, arguments.texts)


def run(folder: Path, people: int, texts: int) -> None:
    """Make the shop, and measure."""
    with segql.open(folder / "shop.duckdb", create=True) as store:
        fill(store, people)
        carrier = SimulatedCarrier(7, path=folder / "network")
        sms = Sms(store, carrier, clock=lambda: NOON, random=Random(7))
        sms.setup("ann", "owner", countries=("US",))
        sms.add_credits("ann", "owner", 10 * people)
        timed("the segment's own query", lambda: store.members(SEGMENT, NOON))
        timed("preview", lambda: sms.preview(CAMPAIGN))
        timed("gate and queue", lambda: starting.queue(store, CAMPAIGN, By("ann", "owner"), NOON))
        handed, wall, processor = timed(f"hand over {texts:,}", lambda: hand_over(sms, texts))
        _, more_wall, more_processor = timed("take the receipts", lambda: take_receipts(sms, handed))
        wall, processor = wall + more_wall, processor + more_processor
        print(
            f"{handed / wall:,.0f} texts a second of wall time, {handed / processor:,.0f} of processor time"
        )
        _, wall, processor = timed(f"take {_ANSWERS} texts back", lambda: text_back(sms, carrier))
        print(
            f"{_ANSWERS / wall:,.1f} texts a second of wall time, {_ANSWERS / processor:,.1f} of processor time"
        )
        timed("report", lambda: sms.report("Sale"))
        timed("progress", lambda: sms.outbound.progress("Sale"))
        sms.close()


def hand_over(sms: Sms, texts: int) -> int:
    """Hand over so many texts of the campaign, in batches as always."""
    handed = 0
    while handed < texts:
        with sms._line.exclusive():
            batch = dispatch._claim(sms._line, NOON, ("marketing",)) or []
            dispatch._deliver(sms._line, batch, NOON)
        handed += len(batch)
    return handed


def take_receipts(sms: Sms, handed: int) -> int:
    """Take what the carrier reports within ten minutes."""
    sms._collect(NOON + timedelta(minutes=10))
    return handed


def text_back(sms: Sms, carrier: SimulatedCarrier) -> None:
    """Customers text back, every second of them STOP, and the consent of those is over."""
    at = NOON + timedelta(minutes=11)
    handed = [taken.number for taken in carrier.taken()[:_ANSWERS]]
    for place, number in enumerate(handed):
        carrier.text(number, "When does it end?" if place % 2 else "STOP", at)
    sms._collect(at + timedelta(seconds=1))
    if [sms.inbound.consent(number, at=at) == "unsubscribed" for number in handed[:4]] != [True, False] * 2:
        raise SystemExit("a STOP was not heard")


if __name__ == "__main__":
    main()

"""C04, C05, C12, C13: killed again and again while it sends, a campaign texts nobody twice and loses nobody.

SEGQL_KILLS sets how often it is killed, SEGQL_PEOPLE how many people it is for.
"""

import os
import random
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from segql.sms.messages import NEXT

from .shop import NOON, Shop, campaign, number

KILLS = int(os.environ.get("SEGQL_KILLS", "3"))
PEOPLE = int(os.environ.get("SEGQL_PEOPLE", "400"))
ROOT = Path(__file__).parents[2]
# Minutes between one run and the next: leases have ended by then. So many runs fit into an afternoon.
BETWEEN, A_DAY = 12, 40


def test_c13_killed_at_any_point_nobody_is_texted_twice_and_nobody_is_lost(tmp_path: Path) -> None:
    store, network = str(tmp_path / "shop.duckdb"), str(tmp_path / "network")
    shop = Shop(store, network).set_up(credits=10 * PEOPLE)
    # Of these people one in ten is filtered, which is as many as a campaign would go on with.
    shop.sms.change_settings("ann", "owner", {"filtered_percent": None})
    people = [number(index, index % 10) for index in range(PEOPLE)]
    shop.add([*people, None, people[0]])
    shop.close()
    chosen = random.Random(20260601)
    run = 0
    for run in range(KILLS):
        run_and_kill(store, network, minutes(run), chosen.random() * 2)
        check(store, network, people)
    done = subprocess.run(command(store, network, minutes(run + 1)), check=False, cwd=ROOT)
    assert done.returncode == 0
    check(store, network, people, complete=True)


def minutes(run: int) -> int:
    """When a run takes place, in minutes after noon of the first day: never at night."""
    return run // A_DAY * 24 * 60 + run % A_DAY * BETWEEN


def command(store: str, network: str, after: int) -> list[str]:
    return [sys.executable, "-m", "tests.sms.sending", store, network, str(after)]


def run_and_kill(store: str, network: str, after: int, wait: float) -> None:
    """Send in another process, which is killed a moment after it has begun."""
    with subprocess.Popen(command(store, network, after), stdout=subprocess.PIPE, cwd=ROOT) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"begun\n"
        try:
            running.wait(wait)
        except subprocess.TimeoutExpired:
            running.kill()


def check(store: str, network: str, people: list[str], *, complete: bool = False) -> None:
    """What the store says adds up, and is what the carrier has seen."""
    shop = Shop(store, network)
    try:
        at_carrier = Counter(text.number for text in shop.carrier.taken())
        assert max(at_carrier.values(), default=1) == 1, "nobody is texted twice"
        states = shop.states()
        if states:
            assert sum(states.values()) == len(people) + 2
            claimed = shop.scalar("SELECT count(*) FROM sms_messages WHERE handed_at IS NOT NULL")
            assert len(at_carrier) <= claimed, "no text left that was not claimed before"
        balance = shop.sms.balance()
        assert min(balance.credits, balance.trial_messages) >= 0
        taken = shop.scalar(
            "SELECT -sum(credits + trial_messages) FROM sms_ledger WHERE message_id IS NOT NULL"
        )
        claimed_and_not_returned = shop.scalar(
            "SELECT count(*) FROM sms_messages WHERE state IN ('sending', 'sent', 'delivered', 'unknown') "
            "OR (state = 'failed' AND carrier_id IS NOT NULL)"
        )
        assert (taken or 0) == claimed_and_not_returned
        if complete:
            reachable = {person for person in people if person[-1] != "6"}
            assert set(at_carrier) == reachable, "nobody is lost"
            assert set(states) <= {"delivered", "failed", "sent", "skipped"}
            assert states["skipped"] == 2
            by_word = Counter(person[-1] for person in people)
            assert states["delivered"] == sum(by_word[digit] for digit in "04579")
            assert shop.events("Received SMS") == states["delivered"]
            assert shop.events("Failed to Deliver SMS") == states["failed"]
            steps = shop.scalar("SELECT count(*) FROM sms_steps WHERE state = 'sent'")
            assert steps == len(reachable)
            following = shop.rows(
                """SELECT DISTINCT lag(state) OVER (PARTITION BY message_id ORDER BY rowid) AS earlier, state
                FROM sms_steps QUALIFY earlier IS NOT NULL"""
            )
            assert all(later in NEXT[earlier] for earlier, later in following), following
            shop.sms.send("ann", "owner", campaign(), at=NOON + timedelta(days=1))
            assert len(shop.carrier.taken()) == len(reachable)
    finally:
        shop.close()

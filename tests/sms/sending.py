"""A program that sends a campaign, to be killed: the people are there, the carrier's network outlives it.

    python -m tests.sms.sending STORE NETWORK MINUTES

Two threads hand over and take receipts, with time passing from MINUTES after noon on; it ends when nobody waits.
"""

import sys
from datetime import timedelta
from random import Random
from threading import Thread

from segql.sms import Sms, dispatch

from .shop import NOON, Shop, campaign

# Small batches, for many places at which to be killed.
dispatch.BATCH = 25


def send(store: str, network: str, minutes: int) -> None:
    shop = Shop(store, network)
    at = NOON + timedelta(minutes=minutes)
    others = Sms(shop.sms._store, shop.carrier, clock=lambda: at, random=Random(minutes))
    print("begun", flush=True)
    threads = [
        Thread(target=each.send, args=("ann", "owner", campaign()), kwargs={"at": at})
        for each in (shop.sms, others)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shop.sms.advance(at + timedelta(minutes=20), since=at)
    shop.close()


if __name__ == "__main__":
    send(sys.argv[1], sys.argv[2], int(sys.argv[3]))

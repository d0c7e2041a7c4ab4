"""Work that is measured in a process of its own, so that its memory is nobody else's."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from typing import NamedTuple


class Measured(NamedTuple):
    """What some work took: seconds, seconds of the processors, and at most so many MiB of memory in use."""

    wall: float
    processor: float
    peak: float


def alone(what: str, work: Callable[..., None], *given: object) -> Measured:
    """Do some work on what is given to it, and tell what it took."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_measure, args=(results, work, *given))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{what} failed")
    found: Measured = results.get()
    print(
        f"  {what:<50}{found.wall:>9.1f} s   (cpu {found.processor:.1f}, peak {found.peak:,.0f} MiB)",
        flush=True,
    )
    return found


def _measure(results: "multiprocessing.Queue[Measured]", work: Callable[..., None], *given: object) -> None:
    begun, cpu = time.perf_counter(), time.process_time()
    work(*given)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    results.put(Measured(time.perf_counter() - begun, time.process_time() - cpu, peak))

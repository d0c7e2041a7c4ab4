"""What was typed is done: statements are answered, and words behind a backslash are commands."""

import os
from concurrent.futures import ThreadPoolExecutor, wait
from time import perf_counter

from segql.cli.failures import write_failure
from segql.cli.output import write, write_error
from segql.cli.repl.commands import CommandError, run_command
from segql.cli.repl.session import Session


def run(session: Session, text: str) -> bool:
    """Answer what was typed, or do it; an interrupt stops it. Whether that went well: what did not is written, and nothing
    is raised."""
    session.stopping.clear()
    # In a thread of its own: one that waits for the engine hears of no interrupt before the answer is there.
    with ThreadPoolExecutor(1) as worker:
        work = worker.submit(_work, session, text.strip().removesuffix(";").strip())
        try:
            return work.result()
        except KeyboardInterrupt:
            session.stopping.set()
            while wait((work,), 0.1).not_done:
                session.store.interrupt()
    write_error("stopped")
    return False


def _work(session: Session, text: str) -> bool:
    start = perf_counter()
    try:
        if text.startswith("\\"):
            run_command(session, text)
        elif text:
            session.ask(session.question(text))
    except CommandError as error:
        write_error(f"error: {error}")
        return False
    except Exception as error:
        if os.environ.get("SEGQL_TRACEBACK"):
            raise
        if not session.stopping.is_set():
            write_failure(error)
        return False
    if session.timing and text:
        write(f"{(perf_counter() - start) * 1000:,.0f} ms")
    return True

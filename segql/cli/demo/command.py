"""The command `demo`."""

from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer

from segql.cli.options import AsOfOption, JsonOption, file_of, instant
from segql.cli.output import progress_bar, write_json
from segql.runtime.documents import instant_text


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(demo)


def demo(
    store: Annotated[
        str,
        typer.Option(
            "--store", envvar="SEGQL_STORE", help="Where the made-up shop is kept; made anew each time."
        ),
    ] = "segql-demo.duckdb",
    profiles: Annotated[
        int, typer.Option("--profiles", min=100, help="How many people the shop knows.")
    ] = 20_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed tells the same story.")] = 7,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the whole story on a made-up shop: segments, a campaign through the gates, what comes back, the report.

    Example: segql demo --profiles 5000 --as-of '2026-06-01 12:00'
    """
    from segql.cli.demo.home import new_store
    from segql.cli.demo.shop import ACCOUNT
    from segql.cli.demo.story import Story, Times
    from segql.cli.demo.telling import tell_beginning, tell_end, teller
    from segql.sms.carriers.simulated import SimulatedCarrier, memory_beside

    file = file_of(store, "Make a file of its own: leave --store out.")
    times = Times.before(instant(as_of, ACCOUNT.timezone))
    document: dict[str, object] = {"seed": seed, "profiles": profiles, "as_of": instant_text(times.noon)}
    tell = teller()
    with (
        new_store(file) as opened_store,
        closing(SimulatedCarrier(seed, path=memory_beside(file))) as carrier,
    ):
        if not as_json:
            tell_beginning()
        for chapter in Story(opened_store, carrier, times, seed, profiles, progress_bar).chapters():
            if as_json:
                document[chapter.key] = asdict(chapter)
            else:
                tell(chapter)
    if as_json:
        write_json(document)
    else:
        tell_end(file, as_of)

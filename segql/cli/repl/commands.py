"""What stands behind a backslash at the prompt: one function a command, named in the table at the end."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from segql.cli.answers import answer, answer_in_english, answer_why
from segql.cli.files import write_file
from segql.cli.options import Question
from segql.cli.output import write, write_table
from segql.cli.repl.session import Session
from segql.compiler.text import name_text, nearest, quoted
from segql.runtime.exports import FORMATS


class CommandError(Exception):
    """A command that was used wrongly; says how it is used."""


class Command(NamedTuple):
    """A command: what it takes, what it does, and the function that does it."""

    takes: str
    help: str
    run: Callable[[Session, str], None]


def run_command(session: Session, text: str) -> None:
    """Do what a line that begins with a backslash asks for. Raises `CommandError` where it cannot be done."""
    name, _, argument = text.removeprefix("\\").partition(" ")
    command = COMMANDS.get(name.lower())
    if command is None:
        near = nearest(name, COMMANDS, limit=1)
        raise CommandError(
            f"there is no \\{name}" + (f"; did you mean \\{near[0]}?" if near else "; see \\help")
        )
    command.run(session, argument.strip())


def _asked(session: Session, text: str) -> Question:
    if not text and session.last is None:
        raise CommandError("nothing was asked yet: write the condition behind the command")
    return session.question(text)


def _sql(session: Session, text: str) -> None:
    question = _asked(session, text)
    query = question.compiled.sql(now=question.now)
    write(query.text)
    for name, value in query.values.items():
        write(f"-- ${name} = {value}")


def _explain(session: Session, text: str) -> None:
    answer_in_english(_asked(session, text))


def _why(session: Session, text: str) -> None:
    who, _, condition = text.partition(" ")
    if not who:
        raise CommandError(
            "say whom: \\why ada@example.com, and a condition behind it if not the last one is meant"
        )
    answer_why(_asked(session, condition), who)


def _timing(session: Session, text: str) -> None:
    session.timing = not session.timing
    write(f"times are {'shown' if session.timing else 'not shown'}")


def _export(session: Session, text: str) -> None:
    path = Path(text.strip('"'))
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise CommandError(f"say which file, and by its ending in which form: {', '.join(FORMATS)}")
    question = _asked(session, "")
    table = question.store.ask_compiled(question.compiled, question.now)
    try:
        write_file(table, path, form)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
    write(f"{table.num_rows:,} rows in {path}")


def _watch(session: Session, text: str) -> None:
    if not text.isdecimal() or not int(text):
        raise CommandError("say how many seconds lie between two answers: \\watch 10")
    _asked(session, "")
    session.ask(session.question(""))
    while not session.stopping.wait(int(text)):
        session.ask(session.question(""))


def _describe(session: Session, text: str) -> None:
    import pyarrow as pa

    name = text.strip().strip('"')
    catalog, store = session.store.catalog, session.store
    if not name:
        kinds = {
            "attribute": ((one.name, one.type) for one in catalog.attributes),
            "event": ((one.name, ", ".join(each.name for each in one.properties)) for one in catalog.events),
            "list": ((one, "") for one in catalog.lists),
            "segment": ((one.name, one.description or "") for one in catalog.segments),
            "place": ((one, "") for one in catalog.places),
        }
        rows = [{"kind": kind, "name": one, "": more} for kind, found in kinds.items() for one, more in found]
        write_table(pa.Table.from_pylist(rows))
    elif (attribute := catalog.attribute(name)) is not None:
        answer(session.question(f"count {name_text(attribute.name)} is set by {name_text(attribute.name)}"))
    elif (event := catalog.event(name)) is not None:
        cost = store.cost(store.compile(f"did {quoted(event.name)}"))
        write(f"{event.name}: {cost.events:,} of {cost.of:,} events")
        rows = [{"property": one.name, "type": one.type} for one in event.properties]
        write_table(pa.Table.from_pylist(rows, pa.schema({"property": pa.string(), "type": pa.string()})))
    elif (segment := catalog.segment(name)) is not None:
        write(segment.definition)
    else:
        known = [one.name for one in catalog.attributes]
        known += [one.name for one in catalog.events] + [one.name for one in catalog.segments]
        near = nearest(name, known, limit=1)
        raise CommandError(
            f"there is nothing called {quoted(name)}" + (f"; did you mean {quoted(near[0])}?" if near else "")
        )


def _help(session: Session, text: str) -> None:
    import pyarrow as pa

    write(
        "Write a condition, or a question: count ... by ..., show ... where ..., trend, overlap, funnel, why, compare."
    )
    write("$_ stands for the condition that was asked last. Tab proposes what can be written next.")
    rows = [{"command": f"\\{name} {one.takes}".strip(), "does": one.help} for name, one in COMMANDS.items()]
    write_table(pa.Table.from_pylist(rows))


def _quit(session: Session, text: str) -> None:
    session.is_over = True


COMMANDS = {
    "sql": Command("[COND]", "the SQL of a condition, or of the last one, with its values", _sql),
    "explain": Command("[COND]", "who is meant, in plain words", _explain),
    "why": Command("WHO [COND]", "why a person is meant, or is not", _why),
    "describe": Command(
        "[NAME]", "what there is; the values of an attribute, the properties of an event", _describe
    ),
    "export": Command("FILE", f"write the last answer to a file: {', '.join(FORMATS)}", _export),
    "watch": Command("SECONDS", "ask the last question again and again, until it is interrupted", _watch),
    "timing": Command("", "show how long answers take, or do not", _timing),
    "help": Command("", "this list", _help),
    "quit": Command("", "leave; Ctrl-D does the same", _quit),
}

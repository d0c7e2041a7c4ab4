"""The language server as an editor meets it: the real process, every feature, broken texts, characters of two units."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from segql.compiler.format import format
from tests.compiler.seen import SEEN
from tests.lsp.editor import Editor

DEFINES = """define lapsed(event, window = 60 days):
  did $event and did not $event in the last $window
"""
# The emoji is one character, of two units.
GONE = """-- 🎉 gone
segment "🎉 Gone": lapsed("Placed Order", window: 90 days) and plan is "Basic"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of two files that are on the disk, and a catalog."""
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "catalog.json").write_text(SEEN.to_json(), encoding="utf-8")
    (folder / "defines.segql").write_text(DEFINES, encoding="utf-8")
    (folder / "gone.segql").write_text(GONE, encoding="utf-8")
    # What was installed is not the workspace's.
    for other in (".venv", "node_modules"):
        (folder / other).mkdir()
        (folder / other / "other.segql").write_text(GONE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def started(folder: Path) -> Iterator[Editor]:
    editor = Editor(folder, "--catalog", "catalog.json")
    # From now on the catalog is known.
    editor.open("first.segql", "gander is set")
    editor.diagnostics("first.segql", {"SG201"})
    editor.close_file("first.segql")
    yield editor
    assert editor.close() == 0


@pytest.fixture
def editor(started: Editor) -> Iterator[Editor]:
    """The editor with nothing open but what a test opens."""
    before = set(started._versions)
    yield started
    for name in set(started._versions) - before:
        started.close_file(name)


def at(text: str) -> tuple[str, types.Position]:
    """A text without its bar, and the place of the bar, in units of UTF-16."""
    before, after = text.split("|")
    line = before.rsplit("\n", 1)[-1]
    return before + after, types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)


def marked(text: str, name: str, editor: Editor) -> types.Position:
    """Open a text, and give the place of its bar."""
    whole, place = at(text)
    editor.open(name, whole)
    return place


def selected(text: str, selection: types.Range) -> str:
    """What a range of UTF-16 units holds."""
    lines = [line.encode("utf-16-le") for line in text.split("\n")]
    assert selection.start.line == selection.end.line
    line = lines[selection.start.line]
    return line[2 * selection.start.character : 2 * selection.end.character].decode("utf-16-le")


def edited(text: str, edits: list[types.TextEdit]) -> str:
    for edit in sorted(
        edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True
    ):
        lines = text.split("\n")
        start, end = edit.range.start, edit.range.end
        head = lines[start.line].encode("utf-16-le")[: 2 * start.character].decode("utf-16-le")
        tail = lines[end.line].encode("utf-16-le")[2 * end.character :].decode("utf-16-le")
        text = "\n".join([*lines[: start.line], head + edit.new_text + tail, *lines[end.line + 1 :]])
    return text


# ---- Diagnostics ----------------------------------------------------------------------------------------------------


def test_what_is_wrong_is_pushed_with_its_place_remedy_and_page(editor: Editor) -> None:
    text = 'segment "🎉": did "🎉 x" and gander is "f" and can receive sms'
    editor.open("a.segql", text)
    event, attribute = editor.diagnostics("a.segql", {"SG202", "SG201"})
    assert (event.code, event.severity, event.source) == ("SG202", types.DiagnosticSeverity.Error, "segql")
    assert selected(text, event.range) == '"🎉 x"'
    assert selected(text, attribute.range) == "gander"
    assert 'there is no attribute called "gander"; did you mean "gender"?' in attribute.message
    assert attribute.code_description is not None
    page, _, section = attribute.code_description.href.partition("#")
    assert "## SG201" in Path(page.removeprefix("file://")).read_text(encoding="utf-8")
    assert section == "sg201"


def test_hints_and_warnings_are_told_as_such(editor: Editor) -> None:
    editor.open("a.segql", 'segment "A": gender is "f" and gender is "m" and did "Placed Order"')
    (found,) = [one for one in editor.diagnostics("a.segql") if one.code == "SG401"]
    assert found.severity == types.DiagnosticSeverity.Warning


def test_a_text_that_is_right_again_has_no_diagnostics(editor: Editor) -> None:
    editor.open("a.segql", "segment : (")
    editor.diagnostics("a.segql", {"SG101"})
    editor.change("a.segql", 'segment "A": can receive sms')
    editor.diagnostics("a.segql", set())
    editor.close_file("a.segql")
    assert editor.diagnostics("a.segql", set()) == []


def test_rapid_typing_is_checked_as_it_ends(editor: Editor) -> None:
    text = 'segment "🎉 A": gender is "f" and did "Placed Order" in the last 30 days and gander is set'
    editor.open("a.segql", "")
    for end in range(1, len(text) + 1):
        editor.change("a.segql", text[:end])
    (found,) = editor.diagnostics("a.segql", {"SG201"})
    assert selected(text, found.range) == "gander"


def test_what_one_file_defines_is_known_in_the_others(editor: Editor) -> None:
    editor.open("gone.segql", GONE)
    editor.diagnostics("gone.segql", set())
    # The other file is changed in the editor, and not saved.
    editor.open("defines.segql", DEFINES.replace("lapsed", "asleep"))
    editor.diagnostics("gone.segql", {"SG209"})
    # What cannot be read for the moment is as it was.
    editor.change("defines.segql", DEFINES)
    editor.diagnostics("gone.segql", set())
    editor.change("defines.segql", DEFINES + "\ndefine half(")
    editor.diagnostics("defines.segql", {"SG101"})
    editor.change("gone.segql", GONE + " ")
    editor.diagnostics("gone.segql", set())
    editor.open("twice.segql", 'segment "🎉 gone": can receive sms')
    (found,) = editor.diagnostics("twice.segql", {"SG208"})
    assert "the other is in gone.segql, line 2" in found.message


def test_what_others_write_is_read_again(editor: Editor, folder: Path) -> None:
    assert types.WORKSPACE_DID_CHANGE_WATCHED_FILES in editor.watched
    editor.open("a.segql", 'segment "A": in segment "New"')
    editor.diagnostics("a.segql", {"SG205"})
    (folder / "new.segql").write_text('segment "New": can receive sms', encoding="utf-8")
    editor.files_changed("new.segql")
    editor.diagnostics("a.segql", set())
    (folder / "new.segql").unlink()
    editor.files_changed("new.segql")
    editor.diagnostics("a.segql", {"SG205"})


def test_folders_come_and_go(editor: Editor, tmp_path: Path) -> None:
    capabilities = editor.capabilities.workspace
    assert capabilities is not None and capabilities.workspace_folders is not None
    assert capabilities.workspace_folders.change_notifications is True
    (tmp_path / "shared.segql").write_text('segment "Shared": can receive sms', encoding="utf-8")
    (tmp_path / "wrong.segql").write_text("gander is set", encoding="utf-8")
    editor.open("a.segql", 'segment "A": in segment "Shared"')
    editor.diagnostics("a.segql", {"SG205"})
    editor.folders_changed(added=(tmp_path,))
    editor.diagnostics("a.segql", set())
    editor.diagnostics(str(tmp_path / "wrong.segql"), {"SG201"})
    # What others write there is read, too.
    (tmp_path / "shared.segql").write_text('segment "Other": can receive sms', encoding="utf-8")
    editor.files_changed(str(tmp_path / "shared.segql"))
    editor.diagnostics("a.segql", {"SG205"})
    (tmp_path / "shared.segql").write_text('segment "Shared": can receive email', encoding="utf-8")
    editor.files_changed(str(tmp_path / "shared.segql"))
    editor.diagnostics("a.segql", set())
    editor.folders_changed(removed=(tmp_path,))
    editor.diagnostics("a.segql", {"SG205"})
    editor.diagnostics(str(tmp_path / "wrong.segql"), set())


# ---- What stands at a place -----------------------------------------------------------------------------------------


def completions(editor: Editor, text: str, name: str = "a.segql") -> dict[str, types.CompletionItem]:
    place = marked(text, name, editor)
    found = editor.ask("text_document_completion", name, position=place)
    return {one.label: one for one in found.items}


def test_what_can_be_written_is_proposed_and_explained(editor: Editor) -> None:
    text = 'segment "🎉 A": did "🎉" and (gender is set or pl|'
    plan = completions(editor, text)["plan"]
    assert (plan.detail, plan.kind) == ("attribute, text, 800 people", types.CompletionItemKind.Field)
    assert isinstance(plan.text_edit, types.TextEdit)
    assert selected(text.replace("|", ""), plan.text_edit.range) == "pl"
    resolved = editor.resolve(plan).documentation
    assert isinstance(resolved, types.MarkupContent)
    assert 'Seen: "Basic", "Premium" and "Trial".' in resolved.value


def test_values_are_proposed_with_how_often_they_occur_the_most_frequent_first(editor: Editor) -> None:
    found = completions(editor, "plan is |").values()
    values = [(one.label, one.detail) for one in sorted(found, key=lambda one: one.sort_text or "")]
    assert values[:3] == [('"Premium"', "value, 700"), ('"Trial"', "value, 80"), ('"Basic"', "value, 20")]


def test_an_event_is_found_by_its_letters_with_and_without_quotation_marks(editor: Editor) -> None:
    assert completions(editor, "did Pla|")['"Placed Order"'].filter_text == "Placed Order"
    editor.close_file("a.segql")
    assert completions(editor, 'did "Pla|"')['"Placed Order"'].filter_text == '"Placed Order"'


def test_a_define_of_another_file_is_proposed(editor: Editor) -> None:
    found = completions(editor, 'segment "A": lap|')
    assert found["lapsed"].kind == types.CompletionItemKind.Function


def hovered(editor: Editor, text: str) -> types.Hover | None:
    found: types.Hover | None = editor.ask(
        "text_document_hover", "a.segql", position=marked(text, "a.segql", editor)
    )
    return found


def test_what_is_known_of_a_word_is_told(editor: Editor) -> None:
    text = 'segment "🎉": plan is "🎉" and can rec|eive sms'
    found = hovered(editor, text)
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    assert "People who can receive SMS." in found.contents.value
    assert "docs/language.md#permission" in found.contents.value
    assert found.range is not None
    assert selected(text.replace("|", ""), found.range) == "can receive sms"


def test_nothing_is_told_of_a_blank(editor: Editor) -> None:
    assert hovered(editor, "plan is set | and gender is set") is None


def places(found: list[types.Location]) -> list[tuple[str, int]]:
    return sorted((one.uri.rsplit("/", 1)[-1], one.range.start.line) for one in found)


def test_a_call_leads_to_the_define_of_another_file(editor: Editor) -> None:
    place = marked(GONE.replace("lapsed", "lap|sed"), "gone.segql", editor)
    found = editor.ask("text_document_definition", "gone.segql", position=place)
    assert places(found) == [("defines.segql", 0)]


def test_references_are_those_of_all_files(editor: Editor) -> None:
    place = marked('segment "A": lap|sed("Clicked SMS")', "a.segql", editor)
    context = types.ReferenceContext(include_declaration=True)
    found = editor.ask("text_document_references", "a.segql", position=place, context=context)
    assert places(found) == [("a.segql", 0), ("defines.segql", 0), ("gone.segql", 1)]
    context = types.ReferenceContext(include_declaration=False)
    found = editor.ask("text_document_references", "a.segql", position=place, context=context)
    assert places(found) == [("a.segql", 0), ("gone.segql", 1)]


def test_a_name_is_changed_in_all_files(editor: Editor) -> None:
    text = 'count "🎉 |Gone"\n'
    place = marked(text, "a.segql", editor)
    prepared = editor.ask("text_document_prepare_rename", "a.segql", position=place)
    assert (prepared.placeholder, selected(text.replace("|", ""), prepared.range)) == ("🎉 Gone", '"🎉 Gone"')
    found = editor.ask("text_document_rename", "a.segql", position=place, new_name="🎂 Left")
    assert sorted(uri.rsplit("/", 1)[-1] for uri in found.changes) == ["a.segql", "gone.segql"]
    assert edited(GONE, found.changes[editor.uri("gone.segql")]) == GONE.replace('"🎉 Gone"', '"🎂 Left"')
    assert edited(text.replace("|", ""), found.changes[editor.uri("a.segql")]) == 'count "🎂 Left"\n'


def test_a_name_that_cannot_be_is_refused_with_the_reason(editor: Editor) -> None:
    place = marked(DEFINES.replace("lapsed", "lap|sed"), "defines.segql", editor)
    with pytest.raises(JsonRpcException, match="write a word that is no keyword"):
        editor.ask("text_document_rename", "defines.segql", position=place, new_name="two words")
    events = marked('did |"Placed Order"', "a.segql", editor)
    assert editor.ask("text_document_prepare_rename", "a.segql", position=events) is None
    assert editor.ask("text_document_rename", "a.segql", position=events, new_name="x") is None


def offered(
    editor: Editor, text: str, only: list[Any] | None = None
) -> tuple[str, dict[str, types.CodeAction]]:
    place = marked(text, "a.segql", editor)
    text = text.replace("|", "")
    context = types.CodeActionContext(diagnostics=editor.diagnostics("a.segql"), only=only)
    found = editor.ask(
        "text_document_code_action", "a.segql", range=types.Range(place, place), context=context
    )
    return text, {str(getattr(one.kind, "value", one.kind)): one for one in found}


def changed(text: str, action: types.CodeAction) -> str:
    assert action.edit is not None
    assert action.edit.changes is not None
    ((_, edits),) = action.edit.changes.items()
    return edited(text, list(edits))


def test_fixes_and_exact_changes_are_offered(editor: Editor) -> None:
    text, found = offered(editor, 'segment "🎉": did "🎉" or gan|der is set')
    assert changed(text, found["quickfix"]) == text.replace("gander", "gender")
    assert [one.code for one in found["quickfix"].diagnostics or []] == ["SG201"]
    editor.close_file("a.segql")
    text, found = offered(editor, 'segment "🎉": plan is "🎉" and la|psed("Clicked SMS")')
    assert changed(text, found["refactor.rewrite"]) == text.replace("lapsed", "not lapsed")
    assert 'did not "Clicked SMS" in the last 60 days' in changed(text, found["refactor.inline"])
    editor.close_file("a.segql")
    text, found = offered(editor, 'segment "🎉": plan is "🎉" and gender| is set')
    assert changed(text, found["refactor.extract"]).startswith("define part():\n  gender is set\n\nsegment")
    editor.close_file("a.segql")
    _, found = offered(editor, 'segment "A": gender| is set', [types.CodeActionKind.RefactorExtract])
    assert list(found) == ["refactor.extract"]


# ---- Whole documents ------------------------------------------------------------------------------------------------


def test_a_text_is_brought_into_canonical_form(editor: Editor) -> None:
    text = GONE + 'segment   "B":\n plan   is "🎉"'
    editor.open("a.segql", text)
    options = types.FormattingOptions(2, insert_spaces=True)
    assert edited(text, editor.ask("text_document_formatting", "a.segql", options=options)) == format(text)
    editor.change("a.segql", "segment (")
    assert not editor.ask("text_document_formatting", "a.segql", options=options)


def test_statements_are_listed(editor: Editor) -> None:
    editor.open("a.segql", DEFINES + 'segment "🎉": plan is\nsegment "Right": plan is set\ncount "Right"')
    found = editor.ask("text_document_document_symbol", "a.segql")
    assert [(one.name, one.detail) for one in found] == [
        ("lapsed", "define"),
        ("🎉", "segment"),
        ("Right", "segment"),
        ('count "Right"', "count"),
    ]
    assert editor.workspace_symbols("gone") == ["🎉 Gone"]
    assert editor.workspace_symbols("LAP") == ["lapsed", "lapsed"]


def coloured(
    text: str, found: types.SemanticTokens, legend: types.SemanticTokensLegend
) -> list[tuple[str, str]]:
    """The words that have a colour, from what the protocol says of them."""
    line = unit = 0
    words = []
    for index in range(0, len(found.data), 5):
        down, right, length, kind, _ = found.data[index : index + 5]
        line, unit = line + down, right + (0 if down else unit)
        span = types.Range(types.Position(line, unit), types.Position(line, unit + length))
        words.append((selected(text, span), str(legend.token_types[kind])))
    return words


def test_every_word_has_its_colour(editor: Editor) -> None:
    legend = editor.capabilities.semantic_tokens_provider.legend
    text = '-- 🎉\nsegment "🎉 A": plan is "🎉\n🎉" and did "Placed Order" -- 🎉\n  where Total > 5 and gander foo and $x'
    editor.open("a.segql", text)
    found = coloured(text, editor.ask("text_document_semantic_tokens_full", "a.segql"), legend)
    assert found[:8] == [
        ("-- 🎉", "comment"),
        ("segment", "keyword"),
        ('"🎉 A"', "class"),
        (":", "operator"),
        ("plan", "variable"),
        ("is", "keyword"),
        ('"🎉', "string"),
        ('🎉"', "string"),
    ]
    assert ("Total", "property") in found
    assert ('"Placed Order"', "event") in found
    shown = types.Range(types.Position(3, 0), types.Position(4, 0))
    part = coloured(text, editor.ask("text_document_semantic_tokens_range", "a.segql", range=shown), legend)
    assert part == found[-len(part) :]
    assert part[0] == ("where", "keyword")


def test_other_units_are_counted_where_the_editor_wants_them(folder: Path) -> None:
    editor = Editor(folder, "--catalog", "catalog.json", encodings=("utf-32", "utf-8"))
    assert editor.capabilities.position_encoding == "utf-32"
    editor.open("a.segql", '"🎉" is "🎉🎉" and gander is set')
    found = {one.message.split('"')[1]: one for one in editor.diagnostics("a.segql", {"SG201"})}
    assert found["gander"].range.start.character == 16
    assert editor.close() == 0

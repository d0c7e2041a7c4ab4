// An editor of the language in the place of a text field, which keeps its text.
import { acceptCompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, placeholder, type Command } from "@codemirror/view";
import { about } from "./about";
import { colours } from "./colours";
import { look } from "./look";
import { fix, mistakes } from "./mistakes";
import { proposals } from "./proposals";
import { formatted } from "./service";
import { typing } from "./typing";

interface Options {
  // What the text is the condition of; null where it is a condition by itself.
  segment: () => string | null;
  mistakes: HTMLElement | null;
  // A class of its own.
  look?: string;
  changed: (text: string) => void;
}

export function makeEditor(area: HTMLTextAreaElement, options: Options): EditorView {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="editor-nonce"]')?.content ?? "";
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      extensions: [
        EditorView.cspNonce.of(nonce),
        look,
        history(),
        search(),
        highlightSpecialChars(),
        highlightSelectionMatches(),
        bracketMatching(),
        closeBrackets(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of(attributes(area)),
        EditorView.editorAttributes.of({ class: options.look ?? "" }),
        placeholder(area.placeholder),
        typing,
        colours,
        proposals,
        mistakes(options.segment, options.mistakes),
        about,
        keymap.of([
          { key: "Tab", run: acceptCompletion }, // else it leaves the editor, as it does everywhere
          { key: "Mod-.", run: fix },
          { key: "Shift-Alt-f", run: format },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...searchKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          options.changed(area.value);
        }),
      ],
    }),
  });
  area.before(view.dom);
  area.hidden = true;
  return view;
}

function attributes(area: HTMLTextAreaElement): Record<string, string> {
  const label = area.getAttribute("aria-label") ?? area.labels[0]?.textContent?.trim() ?? "";
  const about = area.getAttribute("aria-describedby");
  const all = { "aria-label": label, autocapitalize: "off", autocorrect: "off", spellcheck: "false" };
  return about === null ? all : { ...all, "aria-describedby": about };
}

export const format: Command = (view) => {
  void formatNow(view);
  return true;
};

/** Write the text in canonical form; one that cannot be read stays as it is. */
export async function formatNow(view: EditorView): Promise<void> {
  const before = view.state.doc;
  const text = await formatted(before.toString());
  if (text !== null && view.state.doc.eq(before)) setText(view, text.trimEnd());
}

/** Put another text into the editor, as one change of what differs, so that the cursor stays where it can. */
export function setText(view: EditorView, text: string): void {
  const before = view.state.doc.toString();
  let start = 0;
  while (start < before.length && start < text.length && before[start] === text[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, text.length) - start;
  while (end < most && before[before.length - 1 - end] === text[text.length - 1 - end]) end += 1;
  if (start === before.length && start === text.length) return;
  const changes = { from: start, to: before.length - end, insert: text.slice(start, text.length - end) };
  view.dispatch({ changes, userEvent: "input.format" });
}

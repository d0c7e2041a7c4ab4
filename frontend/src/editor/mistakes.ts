// What is wrong, and what is probably not meant: squiggles, a list below the text, and fixes a click or a key away.
import { forceLinting, linter, type Diagnostic } from "@codemirror/lint";
import { StateEffect, StateField, type Extension, type Text } from "@codemirror/state";
import { EditorView, type Command } from "@codemirror/view";
import { line } from "./lines";
import { mistakesIn, type Fix, type Mistake } from "./service";

const WAIT = 150;
const SEVERITIES = { error: "error", warning: "warning", hint: "info" } as const;

interface Found {
  text: Text;
  mistakes: Mistake[];
}

const told = StateEffect.define<Found>();
const field = StateField.define<Found | null>({
  create: () => null,
  update: (before, transaction) =>
    transaction.effects.reduce<Found | null>((last, effect) => (effect.is(told) ? effect.value : last), before),
});

/** Mistakes of a text that is to be the definition of `segment()`, also told in `list`. */
export function mistakes(segment: () => string | null, list: HTMLElement | null): Extension {
  const look = linter(
    async (view) => {
      const text = view.state.doc;
      if (text.toString().trim() === "") {
        show(list, view, { text, mistakes: [] });
        return [];
      }
      const found = await mistakesIn(text.toString(), segment()).catch(() => null);
      if (found === null || !view.state.doc.eq(text)) return view.state.field(field) ? diagnostics(view) : [];
      view.dispatch({ effects: told.of({ text, mistakes: found }) });
      show(list, view, { text, mistakes: found });
      return found.map(diagnostic);
    },
    { delay: WAIT },
  );
  return [field, look];
}

/** Take the first fix of what is wrong at the cursor, or else of the first that has one. */
export const fix: Command = (view) => {
  const found = view.state.field(field, false);
  if (!found) return false;
  const place = view.state.selection.main.head;
  const fixable = found.mistakes.filter((one) => one.fixes.length > 0);
  const chosen = fixable.find((one) => one.start <= place && place <= one.end) ?? fixable[0];
  return chosen?.fixes[0] !== undefined && take(view, found.text, chosen.fixes[0]);
};

function diagnostics(view: EditorView): Diagnostic[] {
  const length = view.state.doc.length;
  return (view.state.field(field)?.mistakes ?? []).map(diagnostic).filter((one) => one.to <= length);
}

function diagnostic(one: Mistake): Diagnostic {
  return {
    from: one.start,
    to: one.end,
    severity: SEVERITIES[one.severity],
    message: one.message,
    renderMessage: () => message(one),
    actions: one.fixes.map((offered) => ({
      name: sentence(offered.title),
      apply: (view: EditorView) => void take(view, view.state.field(field)?.text ?? view.state.doc, offered),
    })),
  };
}

// Edits are of the text that was looked at; of another one they would hit the wrong words.
function take(view: EditorView, text: Text, offered: Fix): boolean {
  if (!view.state.doc.eq(text)) {
    forceLinting(view);
    return false;
  }
  const changes = offered.edits.map((edit) => ({ from: edit.start, to: edit.end, insert: edit.text }));
  view.dispatch({ changes, userEvent: "input.fix" });
  forceLinting(view);
  view.focus();
  return true;
}

function show(list: HTMLElement | null, view: EditorView, found: Found): void {
  list?.replaceChildren(
    ...found.mistakes.map((one) => {
      const row = document.createElement("li");
      row.className = `is-${one.severity}`;
      const place = button(`Line ${one.line}`, "place", () => {
        view.dispatch({ selection: { anchor: one.start, head: one.end }, scrollIntoView: true });
        view.focus();
      });
      const fixes = one.fixes.map((offered) =>
        button(sentence(offered.title), "button small", () => void take(view, found.text, offered)),
      );
      row.append(place, message(one), ...fixes);
      return row;
    }),
  );
}

function message(one: Mistake): HTMLElement {
  const words = document.createElement("div");
  const what = line(`${sentence(one.message)}. `, "p");
  const code = document.createElement("span");
  code.className = "soft small";
  code.textContent = one.code;
  what.append(code);
  words.append(what);
  if (one.remedy !== null) {
    const remedy = line(sentence(one.remedy), "p");
    remedy.className = "soft";
    words.append(remedy);
  }
  return words;
}

function sentence(words: string): string {
  return `${words[0]?.toUpperCase() ?? ""}${words.slice(1)}`;
}

function button(label: string, classes: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = classes;
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

// What could be written here: names with what they are and how much there is of them, values, keywords.
import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import { proposalsAt, type Proposal } from "./service";

const NUMBERS = new Intl.NumberFormat("en-US");

async function propose(context: CompletionContext): Promise<CompletionResult | null> {
  const place = context.pos;
  // After a blank, and behind a text that was closed, it is asked for: a list there would be in the way.
  const line = context.state.doc.lineAt(place);
  if (!context.explicit && !isWithin(line.text.slice(0, place - line.from))) return null;
  const found = await proposalsAt(context.state.doc.toString(), place).catch(() => []);
  const others = found.filter((one) => one.text !== context.state.sliceDoc(one.start, one.end));
  if (context.aborted || others.length === 0) return null;
  return {
    from: Math.max(...others.map((one) => one.start)),
    options: others.map((one) => option(one, place)),
    filter: false,
  };
}

function isWithin(line: string): boolean {
  const quotes = line.replace(/\\./g, "").split('"').length - 1;
  return quotes % 2 === 1 || /[\p{L}\p{N}_.]$/u.test(line);
}

function option(one: Proposal, place: number): Completion {
  const made: Completion = {
    label: one.text,
    type: one.kind,
    detail: detail(one),
    // What it stands in the place of may begin before the word, and end behind the cursor.
    apply(view: EditorView, _, __, to) {
      const moved = to - place;
      const changes = { from: one.start, to: one.end + moved, insert: one.text };
      view.dispatch({ changes, selection: { anchor: one.start + one.text.length }, userEvent: "input.complete" });
    },
  };
  return made;
}

function detail(one: Proposal): string {
  const about = one.type ?? (one.kind === "keyword" ? "" : one.kind);
  if (one.count === null) return about;
  return `${about} · ${NUMBERS.format(one.count)}${one.kind === "event" ? "×" : ""}`;
}

export const proposals = autocompletion({ override: [propose], icons: false, maxRenderedOptions: 60 });

// Colours by what the server says that the words are. Until it has answered, the last ones stand, moved along.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from "@codemirror/view";
import { tokensOf, type Token } from "./service";

const WAIT = 40;
const found = StateEffect.define<Token[]>();
const marks = new Map<string, Decoration>();

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    let colours = before.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(found)) colours = decorated(effect.value);
    return colours;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const asking = ViewPlugin.fromClass(
  class {
    private timer = 0;

    constructor(private readonly view: EditorView) {
      this.ask();
    }

    update(update: ViewUpdate) {
      if (!update.docChanged) return;
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.ask(), WAIT);
    }

    destroy() {
      clearTimeout(this.timer);
    }

    private ask() {
      const asked = this.view.state.doc;
      void tokensOf(asked.toString()).then(
        (tokens) => {
          if (this.view.state.doc.eq(asked)) this.view.dispatch({ effects: found.of(tokens) });
        },
        () => undefined, // the colours stay what they are
      );
    }
  },
);

function decorated(tokens: Token[]): DecorationSet {
  return Decoration.set(
    tokens.filter((one) => one.start < one.end).map((one) => mark(one.kind).range(one.start, one.end)),
  );
}

function mark(kind: string): Decoration {
  const known = marks.get(kind) ?? Decoration.mark({ class: `tok-${kind}` });
  marks.set(kind, known);
  return known;
}

export const colours = [field, asking];

// Fields for one condition, or the name of a segment: small editors in the place of text fields, which keep their text.
import type { EditorView } from "@codemirror/view";
import { makeEditor, setText } from "./make";
import { countOf } from "./service";

const WAIT = 150;
const NUMBERS = new Intl.NumberFormat("en-US");

/** Editors in the place of all such fields within an element. */
export function makeConditions(within: HTMLElement): EditorView[] {
  return [...within.querySelectorAll<HTMLTextAreaElement>("textarea[data-condition]")].map(makeCondition);
}

function makeCondition(area: HTMLTextAreaElement): EditorView {
  const counter = area.dataset["condition"] === "" ? null : new Counter(area);
  const view = makeEditor(area, {
    segment: () => null,
    mistakes: null,
    look: "small-editor",
    changed: () => {
      counter?.changed();
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  // Whoever sets the field sets the editor.
  area.addEventListener("input", () => {
    if (area.value !== view.state.doc.toString()) setText(view, area.value);
  });
  for (const label of area.labels) label.addEventListener("click", () => view.focus());
  return view;
}

// How many a condition means, below its field. A later question stops the earlier one at the server.
class Counter {
  private readonly asker = crypto.getRandomValues(new Uint32Array(3)).join("-");
  private readonly place: HTMLElement | null;
  private turn = 0;
  private timer = 0;

  constructor(private readonly area: HTMLTextAreaElement) {
    this.place = document.getElementById(area.dataset["condition"] ?? "");
    void this.ask();
  }

  changed(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), WAIT);
  }

  private async ask(): Promise<void> {
    const turn = (this.turn += 1);
    const text = this.area.value.trim();
    const found = text === "" ? null : await countOf(text, this.asker, turn).catch(() => null);
    if (turn !== this.turn || this.place === null) return;
    this.place.textContent = found && `${NUMBERS.format(found.count)} ${found.count === 1 ? "person" : "people"} fulfil${found.count === 1 ? "s" : ""} it`;
  }
}

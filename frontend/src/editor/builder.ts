// The form beside the text: the server makes it of the text, and writes it as text again after each change.

import type { EditorView } from "@codemirror/view";
import { makeConditions } from "./conditions";

const WAIT = 150;

interface Answer {
  html: string;
  text: string | null;
  problems: Record<string, string>;
}

interface Text {
  get: () => string;
  set: (text: string) => void;
}

export class Builder {
  private readonly form = document.getElementById("builder") as HTMLFormElement;
  private readonly place: HTMLElement;
  private readonly told: HTMLElement;
  private timer = 0;
  // Counts what was done to the fields: an answer to earlier ones is not taken.
  private turn = 0;
  private acts: string[] = [];
  private writing: Promise<void> = Promise.resolve();
  // Of the rows that are text.
  private editors: EditorView[] = [];

  constructor(
    view: HTMLElement,
    private readonly text: Text,
  ) {
    this.place = view.querySelector<HTMLElement>("[data-form]")!;
    this.told = view.querySelector<HTMLElement>("[data-form-told]")!;
    this.form.addEventListener("submit", (event) => event.preventDefault());
    view.addEventListener("input", (event) => this.changed(event));
    view.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-form-act]");
      if (button) this.act(button.dataset["formAct"] ?? "");
    });
  }

  /** Show the text as a form; whether it could be. */
  async read(): Promise<boolean> {
    const answer = await this.ask("/editor/form/read", new URLSearchParams({ text: this.text.get() }));
    this.say(answer === null ? "The server does not answer. Try again." : (answer.problems[""] ?? ""));
    this.fill(answer?.html ?? "");
    return answer !== null && answer.html !== "";
  }

  /** Wait until what the fields say stands in the text; whether it does, and the first row that misses something. */
  async written(): Promise<HTMLElement | null> {
    if (this.timer !== 0) this.write();
    await this.writing;
    const told = [...this.place.querySelectorAll<HTMLElement>("[data-problem]")].find((one) => one.textContent !== "");
    return told ?? null;
  }

  private fill(html: string): void {
    for (const editor of this.editors) editor.destroy();
    this.place.innerHTML = html;
    this.editors = makeConditions(this.place);
  }

  private changed(event: Event): void {
    const field = event.target as HTMLInputElement;
    // What is typed into an editor comes from the field that it keeps.
    if (!field.matches("[name], [data-form-adds]")) return;
    const adds = field.dataset["formAdds"];
    const settles = field.dataset["actOnChange"];
    if (adds !== undefined) {
      if (field.value !== "") this.act(`add ${adds} ${field.value}`);
      field.value = "";
    } else if (settles !== undefined) this.act(settles);
    else {
      this.turn += 1;
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.write(), WAIT);
    }
  }

  private act(said: string): void {
    this.turn += 1;
    this.acts.push(said);
    this.write();
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    // One after the other: each is about the fields that the one before has left.
    this.writing = this.writing.then(() => this.send());
  }

  private async send(): Promise<void> {
    const [act] = this.acts;
    const turn = this.turn;
    const body = new URLSearchParams(new FormData(this.form) as unknown as Record<string, string>);
    body.set("text", this.text.get());
    if (act !== undefined) body.set("act", act);
    const answer = await this.ask("/editor/form", body);
    if (answer === null) {
      this.acts = [];
      return this.say("The server does not answer. What you changed last is not in the text yet.");
    }
    // Somebody went on meanwhile: what was done is done again with what stands there now.
    if (turn !== this.turn && act !== undefined) return this.send();
    this.say("");
    if (act !== undefined) {
      this.acts.shift();
      this.show(answer.html, act);
    }
    for (const told of this.place.querySelectorAll<HTMLElement>("[data-problem]")) {
      const problem = answer.problems[told.dataset["problem"] ?? ""] ?? "";
      told.textContent = problem && `${problem[0]?.toUpperCase()}${problem.slice(1)}.`;
    }
    if (answer.text !== null) this.text.set(answer.text);
  }

  // The fields are made anew: whoever is at one of them stays there.
  private show(html: string, act: string): void {
    const active = document.activeElement instanceof HTMLElement && this.place.contains(document.activeElement) ? document.activeElement : null;
    const at = (active?.closest(".cm-editor")?.nextElementSibling as HTMLElement | null | undefined) ?? active;
    const key = at && this.keyOf(at);
    const index = at ? this.named(key).indexOf(at) : -1;
    this.fill(html);
    const [verb, path = "", , place] = act.split(" ");
    if (verb === "add") {
      const prefix = `${path}.`;
      const rows = [...this.place.querySelectorAll<HTMLElement>("select[name], input:not([type=hidden], [type=checkbox])[name], textarea[name]")];
      const inside = rows.filter((one) => one.getAttribute("name")?.startsWith(prefix));
      const last = place ?? Math.max(...inside.map((one) => Number(one.getAttribute("name")?.slice(prefix.length).split(/[.:]/)[0])));
      this.focus(inside.find((one) => one.getAttribute("name")?.match(`^${prefix}${last}[.:]`)));
      return;
    }
    const again = this.named(key)[index] ?? this.named(key).at(-1);
    this.focus(again ?? this.place.querySelector<HTMLElement>(`[data-form-adds="${path.replace(/\.\d+$/, "")}"]`));
  }

  private focus(field: HTMLElement | null | undefined): void {
    const editor = this.editors.find((one) => one.dom.nextElementSibling === field);
    (editor ?? field)?.focus();
  }

  private keyOf(element: HTMLElement): string {
    const { formAct, formAdds } = element.dataset;
    return element.getAttribute("name") ?? formAct ?? formAdds ?? "";
  }

  private named(key: string | null): HTMLElement[] {
    if (!key) return [];
    const fields = this.place.querySelectorAll<HTMLElement>("[name], [data-form-act], [data-form-adds]");
    return [...fields].filter((one) => this.keyOf(one) === key);
  }

  private say(words: string): void {
    this.told.textContent = words;
  }

  private async ask(path: string, body: URLSearchParams): Promise<Answer | null> {
    const answer = await fetch(path, { method: "POST", body, headers: { "hx-request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.headers.has("hx-redirect")) return null;
    return (await answer.json()) as Answer;
  }
}

// The form beside the text: the server makes it of the text, and writes it as text again after each change.

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
    if (answer === null || answer.html === "") {
      this.place.replaceChildren();
      return false;
    }
    this.place.innerHTML = answer.html;
    return true;
  }

  /** Wait until what the fields say stands in the text; whether it does, and the first row that misses something. */
  async written(): Promise<HTMLElement | null> {
    if (this.timer !== 0) this.write();
    await this.writing;
    const told = [...this.place.querySelectorAll<HTMLElement>("[data-problem]")].find((one) => one.textContent !== "");
    return told ?? null;
  }

  private changed(event: Event): void {
    const field = event.target as HTMLInputElement;
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
    // Somebody typed on meanwhile: what was done is done again with what stands there now.
    if (turn !== this.turn && act !== undefined && this.acts.length === 1) return this.send();
    this.acts.shift();
    this.say("");
    if (act !== undefined) this.show(answer.html, act);
    for (const told of this.place.querySelectorAll<HTMLElement>("[data-problem]")) {
      const problem = answer.problems[told.dataset["problem"] ?? ""] ?? "";
      told.textContent = problem && `${problem[0]?.toUpperCase()}${problem.slice(1)}.`;
    }
    if (answer.text !== null) this.text.set(answer.text);
  }

  // The fields are made anew: whoever is at one of them stays there.
  private show(html: string, act: string): void {
    const at = document.activeElement instanceof HTMLElement && this.place.contains(document.activeElement) ? document.activeElement : null;
    const key = at && this.keyOf(at);
    const index = at ? this.named(key).indexOf(at) : -1;
    this.place.innerHTML = html;
    const [verb, path = ""] = act.split(" ");
    if (verb === "add") {
      const prefix = `${path}.`;
      const rows = [...this.place.querySelectorAll<HTMLElement>("select[name], input:not([type=hidden], [type=checkbox])[name], textarea[name]")];
      const inside = rows.filter((one) => one.getAttribute("name")?.startsWith(prefix));
      const last = Math.max(...inside.map((one) => Number(one.getAttribute("name")?.slice(prefix.length).split(/[.:]/)[0])));
      inside.find((one) => one.getAttribute("name")?.match(`^${prefix}${last}[.:]`))?.focus();
      return;
    }
    const again = this.named(key)[index] ?? this.named(key).at(-1);
    (again ?? this.place.querySelector<HTMLElement>(`[data-form-adds="${path.replace(/\.\d+$/, "")}"]`))?.focus();
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

/** Tabs between the text and the form, by pointer and by arrows. `shown`: before a view is shown; it may refuse. */
export function followTabs(form: HTMLElement, shown: (view: string) => Promise<void>): void {
  const list = form.querySelector<HTMLElement>("[role=tablist]");
  const tabs = [...(list?.querySelectorAll<HTMLElement>("[role=tab]") ?? [])];
  const choose = async (chosen: HTMLElement): Promise<void> => {
    const view = chosen.getAttribute("aria-controls") ?? "";
    await shown(view);
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
      if (panel) panel.hidden = tab !== chosen;
    }
    chosen.focus();
  };
  list?.addEventListener("click", (event) => {
    const tab = (event.target as Element).closest<HTMLElement>("[role=tab]");
    if (tab) void choose(tab);
  });
  list?.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = step && tabs[(tabs.indexOf(event.target as HTMLElement) + step + tabs.length) % tabs.length];
    if (next) void choose(next);
  });
  if (list) list.hidden = false;
}

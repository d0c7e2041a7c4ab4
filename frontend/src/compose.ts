// Writing a text and choosing an audience: what can be put in, completion after "{{", chosen segments as chips, and no
// leaving with unsaved work.
export function followComposing(): void {
  const form = document.getElementById("compose");
  if (!(form instanceof HTMLFormElement)) return;
  form.querySelectorAll<HTMLElement>("[data-picker]").forEach(followPicker);
  const editor = form.querySelector<HTMLElement>("[data-text-editor]");
  if (editor !== null) new TextEditor(editor);
  guard(form);
  followLook(form);
}

// Whoever has changed something is asked before the page is left.
function guard(form: HTMLFormElement): void {
  let changed = form.querySelector("[aria-invalid]") !== null;
  form.addEventListener("input", (event) => {
    if ((event.target as Element).matches("[name]:not([name=turn])")) changed = true;
  });
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// What came back from the server: the fields that are wrong say so, and what it offers can be taken.
function followLook(form: HTMLFormElement): void {
  document.addEventListener("htmx:after:swap", () => {
    for (const field of form.querySelectorAll<HTMLElement>("[aria-describedby$='-about']:not(#name)")) {
      const about = document.getElementById(field.getAttribute("aria-describedby") ?? "");
      if (about?.querySelector(".error")) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    document.getElementById("look")?.removeAttribute("aria-busy");
  });
  form.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-writes], [data-turns]");
    if (button === null) return;
    const text = document.getElementById("text") as HTMLTextAreaElement;
    if (button.dataset["writes"] !== undefined) {
      text.value = button.dataset["writes"];
      text.focus();
    } else {
      const turn = document.getElementById("turn") as HTMLInputElement;
      turn.value = String(Number(turn.value) + 1);
    }
    changed(text);
  });
}

function changed(field: HTMLElement): void {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function followPicker(picker: HTMLElement): void {
  const chips = picker.querySelector("ul") as HTMLUListElement;
  const boxes = [...picker.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
  const conditions = [...picker.querySelectorAll<HTMLTextAreaElement>("textarea")];
  const show = (): void => {
    const chosen = boxes.filter((box) => box.checked).map((box) => chip(box.dataset["name"] ?? box.value, () => (box.checked = false), box));
    const written = conditions.filter((one) => one.value.trim() !== "").map((one) => chip(one.value.trim(), () => (one.value = ""), one));
    for (const one of written) one.classList.add("is-condition");
    chips.replaceChildren(...chosen, ...written);
  };
  const chip = (words: string, leave: () => void, field: HTMLElement): HTMLLIElement => {
    const item = document.createElement("li");
    item.className = "audience-chip";
    const name = document.createElement("span");
    name.textContent = words;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.setAttribute("aria-label", `Leave out ${words}`);
    remove.addEventListener("click", () => {
      leave();
      changed(field);
      picker.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus();
    });
    item.append(name, remove);
    return item;
  };
  picker.addEventListener("input", show);
  picker.querySelector<HTMLInputElement>("[data-narrows]")?.addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = (event.target as HTMLInputElement).value.toLowerCase();
    for (const box of boxes) {
      const label = box.closest("label") as HTMLElement;
      label.hidden = !(box.dataset["name"] ?? "").toLowerCase().includes(wanted);
    }
  });
  show();
}

// A textarea with a list of what can stand after "{{". The list is filtered by what was typed since.
class TextEditor {
  private readonly text: HTMLTextAreaElement;
  private readonly list: HTMLUListElement;
  private readonly options: HTMLLIElement[];
  private active = -1;

  constructor(editor: HTMLElement) {
    this.text = editor.querySelector("textarea") as HTMLTextAreaElement;
    this.list = editor.querySelector("[role=listbox]") as HTMLUListElement;
    this.options = [...this.list.querySelectorAll<HTMLLIElement>("[role=option]")];
    this.text.addEventListener("input", () => this.propose());
    this.text.addEventListener("keydown", (event) => this.steer(event));
    this.text.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = (event.target as Element).closest<HTMLLIElement>("[role=option]");
      if (option !== null) this.take(option);
    });
    editor.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-puts], [data-puts-link]");
      if (button === null) return;
      if (button.dataset["puts"] === undefined) this.put("{{ link('https://') }}", "https://".length + 9);
      else this.put(button.dataset["puts"]);
      button.closest("details")?.removeAttribute("open");
    });
  }

  // Puts words where the cursor is; the cursor then stands behind them, or so far behind their begin.
  private put(words: string, behind = words.length): void {
    this.replace(this.text.selectionStart, this.text.selectionEnd, words, behind);
  }

  private replace(from: number, to: number, words: string, behind = words.length): void {
    this.text.focus();
    this.text.setRangeText(words, from, to, "end");
    this.text.setSelectionRange(from + behind, from + behind);
    changed(this.text);
  }

  // Where the braces begin in which the cursor is, or -1.
  private opening(): number {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const at = before.lastIndexOf("{{");
    return at >= 0 && /^\{\{\s*\w*(\s\w*)?$/.test(before.slice(at)) ? at : -1;
  }

  private propose(): void {
    const at = this.opening();
    if (at < 0) return this.close();
    const typed = this.text.value.slice(at + 2, this.text.selectionStart).trim().toLowerCase();
    let shown = 0;
    for (const option of this.options) {
      option.hidden = shown >= 8 || !(option.textContent ?? "").toLowerCase().includes(typed);
      if (!option.hidden) shown += 1;
    }
    this.list.hidden = shown === 0;
    this.mark(shown === 0 ? -1 : this.options.findIndex((option) => !option.hidden));
  }

  private mark(nth: number): void {
    this.active = nth;
    this.options.forEach((option, index) => option.setAttribute("aria-selected", String(index === nth)));
    const option = this.options[nth];
    if (option === undefined) this.text.removeAttribute("aria-activedescendant");
    else {
      this.text.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  private steer(event: KeyboardEvent): void {
    if (this.list.hidden) return;
    const open = this.options.map((option, index) => (option.hidden ? -1 : index)).filter((index) => index >= 0);
    const place = open.indexOf(this.active);
    if (event.key === "ArrowDown") this.mark(open[(place + 1) % open.length] ?? -1);
    else if (event.key === "ArrowUp") this.mark(open[(place + open.length - 1) % open.length] ?? -1);
    else if (event.key === "Enter" || event.key === "Tab") {
      const option = this.options[this.active];
      if (option === undefined) return;
      this.take(option);
    } else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }

  private take(option: HTMLLIElement): void {
    const at = this.opening();
    const from = at < 0 ? this.text.selectionStart : at;
    // Braces that were closed by hand go too.
    const rest = /^\s*\}\}/.exec(this.text.value.slice(this.text.selectionStart))?.[0].length ?? 0;
    const words = option.dataset["written"] ?? "";
    const inside = words.includes("https://") ? words.indexOf("https://") + "https://".length : words.length;
    this.replace(from, this.text.selectionStart + rest, words, inside);
    this.close();
  }

  private close(): void {
    this.list.hidden = true;
    this.mark(-1);
  }
}

// What the button of the last question says, by when it is sent.
export function followWhen(): void {
  const words = document.querySelector<HTMLElement>("[data-send-words]");
  const form = document.getElementById("send");
  if (words === null || form === null) return;
  const now = words.textContent;
  const tell = (): void => {
    const start = form.querySelector<HTMLInputElement>("[name=start]:checked")?.value;
    const when = form.querySelector<HTMLInputElement>("[name=when]")?.value.replace("T", ", ");
    words.textContent = start === "now" ? now : `Schedule for ${when}`;
  };
  form.addEventListener("input", tell);
  tell();
}

// What stands beside the text and follows it: how many are meant, the English, some of the people.

const WAIT = 150;
const LONG = 2000;

export class Live {
  private readonly asker = crypto.getRandomValues(new Uint32Array(3)).join("-");
  private turn = 0;
  private timer = 0;
  private asked: AbortController | null = null;

  constructor(
    private readonly page: HTMLElement,
    private readonly text: () => string,
  ) {
    void this.ask();
  }

  /** The text has changed: ask, when nothing more is typed for a moment. */
  changed(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), WAIT);
  }

  private async ask(): Promise<void> {
    this.asked?.abort();
    const asking = (this.asked = new AbortController());
    this.turn += 1;
    const still = this.page.querySelector<HTMLElement>("[data-still]");
    const timer = window.setTimeout(() => {
      if (!asking.signal.aborted && still !== null) still.hidden = false;
    }, LONG);
    const done = (): void => {
      clearTimeout(timer);
      if (this.asked === asking && still !== null) still.hidden = true;
    };
    const parts = [...this.page.querySelectorAll<HTMLElement>("[data-live]")];
    const first = parts.filter((part) => part.dataset["after"] === undefined);
    await Promise.all(first.map((part) => this.fill(part, asking.signal)));
    done();
    // What takes longer is asked for when the rest is there.
    for (const part of parts.filter((one) => !first.includes(one))) await this.fill(part, asking.signal);
  }

  private async fill(part: HTMLElement, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    part.setAttribute("aria-busy", "true");
    const body = new URLSearchParams({ text: this.text(), asker: this.asker, turn: String(this.turn) });
    try {
      const answer = await fetch(part.dataset["live"] ?? "", { method: "POST", body, signal, headers: { "hx-request": "true" } });
      if (answer.headers.has("hx-redirect")) return told(part, "You are signed out. Sign in in another tab, and go on here.");
      if (answer.status === 409) return;
      if (!answer.ok) return told(part, "The server could not say. It is asked again when you write on.");
      part.innerHTML = await answer.text();
      part.hidden = part.textContent?.trim() === "";
    } catch (error) {
      if (signal.aborted) return;
      told(part, "The server does not answer. It is asked again when you write on.");
    }
    part.removeAttribute("aria-busy");
  }
}

function told(part: HTMLElement, words: string): void {
  part.textContent = words;
  part.hidden = false;
  part.removeAttribute("aria-busy");
}

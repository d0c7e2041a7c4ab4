// Buttons that act on the page itself: open and close dialogs, copy a text, choose the colours, dismiss a notice.
import { tellKeys } from "./keys";

type Act = (button: HTMLElement, named: string) => void;

const ACTS: Record<string, Act> = {
  opens: (_, id) => (document.getElementById(id) as HTMLDialogElement | null)?.showModal(),
  closes: (button) => button.closest("dialog")?.close(),
  keys: () => tellKeys(),
  dismisses: (button) => button.closest(".note")?.remove(),
  copies: (button, id) => {
    const field = document.getElementById(id) as HTMLInputElement;
    void navigator.clipboard.writeText(field.value).then(() => {
      button.textContent = "Copied";
    });
  },
  theme: () => {
    const root = document.documentElement;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = root.dataset["theme"] ?? (dark ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    root.dataset["theme"] = next;
    void fetch("/theme", { method: "POST", body: new URLSearchParams({ theme: next }) });
  },
};

export function followClicks(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-act]");
    if (button === null) return;
    const [act, named] = (button.dataset["act"] ?? "").split(" ", 2);
    ACTS[act ?? ""]?.(button, named ?? "");
  });
}

// Saving: the text is formatted, what would change is told, and nothing is lost by leaving the page.
import type { EditorView } from "@codemirror/view";
import { formatNow } from "./make";

export function followSaving(form: HTMLFormElement, view: EditorView): void {
  const dialog = document.getElementById("saving") as HTMLDialogElement;
  const changes = dialog.querySelector<HTMLElement>("[data-changes]");
  const now = dialog.querySelector<HTMLButtonElement>("[data-save-now]");
  let saved = state(form);
  form.addEventListener("submit", (event) => {
    if (event.submitter === now) {
      saved = "";
      form.dataset["leaving"] = "true";
      return;
    }
    event.preventDefault();
    void formatNow(view).then(async () => {
      if (changes === null) return;
      changes.textContent = "Counting who would enter, and who would leave …";
      dialog.showModal();
      now?.focus();
      const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
      const answer = await fetch("/editor/changes", { method: "POST", body, headers: { "hx-request": "true" } }).catch(() => null);
      if (answer?.ok && !answer.headers.has("hx-redirect")) changes.innerHTML = await answer.text();
      else changes.textContent = "What would change could not be told.";
    });
  });
  window.addEventListener("beforeunload", (event) => {
    if (form.dataset["leaving"] === undefined && state(form) !== saved) event.preventDefault();
  });
}

function state(form: HTMLFormElement): string {
  return new URLSearchParams(new FormData(form) as unknown as Record<string, string>).toString();
}

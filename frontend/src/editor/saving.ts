// Saving: what would change is told, and nothing is lost by leaving the page.

/** `ready`: brings what is to be saved into the page's fields; whether it is whole. */
export function followSaving(form: HTMLFormElement, ready: () => Promise<boolean>): void {
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
    void ready().then(async (isWhole) => {
      if (changes === null || !isWhole) return;
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

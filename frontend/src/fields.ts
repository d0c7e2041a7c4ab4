// Fields that act on the page: one that filters the rows of a table, a choice that sends its form, a search that is
// remembered for as long as the tab lives, so that coming back from a person finds it again. It stands in no address.
function filter(field: HTMLInputElement): void {
  const named = field.dataset["filters"] ?? "";
  const words = field.value.trim().toLowerCase();
  let shown = 0;
  for (const row of document.querySelectorAll<HTMLElement>(`#${named} > *`)) {
    row.hidden = !(row.textContent ?? "").toLowerCase().includes(words);
    if (!row.hidden) shown += 1;
  }
  const none = document.querySelector<HTMLElement>(`[data-when-none="${named}"]`);
  if (none !== null) none.hidden = shown > 0;
}

function recall(form: HTMLFormElement): void {
  const key = `search ${form.dataset["remembers"]}`;
  const field = form.querySelector<HTMLInputElement>("input[type=search]");
  if (field === null) return;
  const remembered = sessionStorage.getItem(key) ?? "";
  if (field.value === "" && remembered !== "") {
    field.value = remembered;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.addEventListener("input", () => sessionStorage.setItem(key, field.value));
}

export function followFields(): void {
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.dataset["filters"] !== undefined) filter(field);
  });
  document.addEventListener("change", (event) => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-submits-itself]");
    form?.requestSubmit();
  });
  // Behind htmx, which looks at the page in a task of its own.
  setTimeout(() => document.querySelectorAll<HTMLFormElement>("form[data-remembers]").forEach(recall));
}

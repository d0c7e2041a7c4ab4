// Keys that do what is on the page. An element says its key and what it does: <a data-key="n" data-does="Make a segment">
// is pressed by n, a field is gone into. Inside [data-arrows] the arrow keys go from one [data-item] to the next, and j and
// k do so from anywhere where nobody is writing. ? tells all of them. A page needs no script for its keys.
const typing = (target: Element): boolean =>
  target.closest("input, textarea, select, [contenteditable=true], .cm-editor") !== null;

const visible = (element: HTMLElement): boolean => element.getClientRects().length > 0;

const keyed = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-key]")].filter(visible);

export function followKeys(): void {
  document.addEventListener("keydown", (event) => {
    const target = event.target as Element;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape" && target.matches("input[type=search]")) (target as HTMLElement).blur();
    if (isArrow(event.key) && goOn(target, event.key)) event.preventDefault();
    if (typing(target) || document.querySelector("dialog[open]") !== null) return;
    if (event.key === "?") tellKeys();
    else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
    else if (!press(event.key)) return;
    event.preventDefault();
  });
}

function press(key: string): boolean {
  const element = keyed().find((one) => one.dataset["key"] === key);
  if (element === undefined) return false;
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
    element.focus();
    element.select();
  } else element.click();
  return true;
}

const isArrow = (key: string): boolean => ["ArrowDown", "ArrowUp", "Home", "End"].includes(key);

// From the item that has the focus or, without one, from the one that is open.
function step(by: number): void {
  const items = [...document.querySelectorAll<HTMLElement>("[data-arrows] [data-item]")].filter(visible);
  const focused = items.indexOf(document.activeElement as HTMLElement);
  const place = focused >= 0 ? focused : items.findIndex((item) => item.hasAttribute("aria-current"));
  items[place < 0 ? 0 : Math.max(0, Math.min(place + by, items.length - 1))]?.focus();
}

// From the search, or from nowhere, the arrow down leads to the first item.
function goOn(target: Element, key: string): boolean {
  if (target.matches("textarea, select, [contenteditable=true]") || target.closest("dialog, .cm-editor, [role=tablist]")) {
    return false;
  }
  const list = target.closest("[data-arrows]") ?? (startsList(target) ? document.querySelector("[data-arrows]") : null);
  if (list === null) return false;
  const items = [...list.querySelectorAll<HTMLElement>("[data-item]")].filter(visible);
  const place = items.findIndex((item) => item === target);
  if (place < 0 && key !== "ArrowDown") return false;
  const next = key === "Home" ? 0 : key === "End" ? items.length - 1 : key === "ArrowDown" ? place + 1 : place - 1;
  items[Math.max(0, Math.min(next, items.length - 1))]?.focus();
  return items.length > 0;
}

const startsList = (target: Element): boolean => target === document.body || target.matches("main, input[data-key]");

export function tellKeys(): void {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = "Keys";
  const list = document.createElement("dl");
  list.className = "keys";
  const told = keyed().map((one): [string, string] => [one.dataset["key"] ?? "", one.dataset["does"] ?? ""]);
  if (document.querySelector("[data-arrows]") !== null) told.push(["j k ↓ ↑", "Go through the list"], ["Enter", "Open"]);
  for (const [key, does] of [...told, ["?", "Tell the keys"], ["Esc", "Close"]] as [string, string][]) {
    const [term, words] = [document.createElement("dt"), document.createElement("dd")];
    for (const one of key.split(" ")) term.append(Object.assign(document.createElement("kbd"), { textContent: one }));
    words.textContent = does;
    list.append(term, words);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button";
  close.dataset["act"] = "closes";
  close.textContent = "Close";
  dialog.append(title, list, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

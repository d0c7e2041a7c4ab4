// The list of conversations: a row is placed where it belongs as soon as something happens in it.
import htmx from "htmx.org";
import { type Change } from "../live";
import { byId, opened, parse } from "./page";

export function placeRow(change: Change): void {
  const list = byId("talks");
  if (list === null) return;
  if ("words" in list.dataset) return readListSoon();
  const old = byId(`talk-${change.conversation}`);
  const isOpen = `${change.conversation}` === opened();
  const belongs = change.box === list.dataset["box"] && (!("unread" in list.dataset) || change.isUnread || isOpen);
  const hadFocus = old?.contains(document.activeElement) ?? false;
  const next = old?.nextElementSibling ?? null;
  old?.remove();
  if (!belongs) {
    if (hadFocus) next?.querySelector("a")?.focus();
    return;
  }
  const row = parse(change.row ?? "").firstElementChild as HTMLElement;
  const below = [...list.children].find((one) => !(Number((one as HTMLElement).dataset["newest"]) > Number(change.newest)));
  // Behind the last row that is shown it comes when it is scrolled to.
  if (below?.classList.contains("more") && old === null) return;
  list.insertBefore(row, below ?? null);
  htmx.process(row);
  if (hadFocus) row.querySelector("a")?.focus();
  markOpen();
}

let soon = 0;
function readListSoon(): void {
  clearTimeout(soon);
  soon = window.setTimeout(() => void readList(), 150);
}

export async function readList(): Promise<void> {
  const form = byId("find") as HTMLFormElement;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "hx-request": "true" } });
  const list = parse(await answer.text()).querySelector("#talks");
  if (!answer.ok || list === null) return;
  byId("talks")?.replaceWith(list);
  htmx.process(list);
  markOpen();
}

export function markOpen(): void {
  for (const link of document.querySelectorAll<HTMLElement>(".talk-row a")) {
    if (link.parentElement?.id === `talk-${opened()}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

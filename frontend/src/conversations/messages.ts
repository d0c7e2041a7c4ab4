// The messages of the open thread: each once, where it belongs; older ones come when one scrolls to them.
import { byId, parse } from "./page";

export function merge(list: HTMLElement, messages: HTMLElement[]): boolean {
  let added = false;
  const loaded = list.firstElementChild as HTMLElement | null;
  for (const message of messages) {
    // Older ones are asked for from the first that is shown, not from the first of these.
    if (message.id === "older" && loaded !== null) continue;
    const known = byId(message.id);
    if (known !== null && known.dataset["order"] === message.dataset["order"]) {
      if (known.innerHTML !== message.innerHTML) known.replaceChildren(...message.childNodes);
      continue;
    }
    known?.remove();
    const behind = [...list.children].find((one) => compare(one as HTMLElement, message) > 0) ?? null;
    added ||= behind === null && message.classList.contains("in");
    list.insertBefore(message, behind);
  }
  return added;
}

function compare(one: HTMLElement, other: HTMLElement): number {
  const [a, b] = [one, other].map((each) => (each.dataset["order"] ?? "").split("-").map(Number)) as [number[], number[]];
  const place = a.findIndex((part, nth) => part !== b[nth]);
  return place < 0 ? 0 : (a[place] ?? 0) - (b[place] ?? 0);
}

let readingOlder = false;
export async function readOlder(): Promise<void> {
  const older = byId("older");
  const [list, scroll] = [byId("said"), scroller()];
  if (older === null || list === null || scroll === null || readingOlder || scroll.scrollTop > 200) return;
  readingOlder = true;
  const answer = await fetch(older.dataset["older"] ?? "", { headers: { "hx-request": "true" } }).catch(() => null);
  if (answer?.ok && older.isConnected) {
    const below = scroll.scrollHeight - scroll.scrollTop;
    older.remove();
    const messages = [...parse(await answer.text()).children] as HTMLElement[];
    // The line of a day is where its first message is.
    for (const message of messages) if (message.classList.contains("day")) byId(message.id)?.remove();
    list.prepend(...messages);
    scroll.scrollTop = scroll.scrollHeight - below;
  }
  readingOlder = false;
}

export function scroller(): HTMLElement | null {
  return byId("said-scroll");
}

export function isAtEnd(): boolean {
  const scroll = scroller();
  return scroll === null || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
}

export function toEnd(): void {
  const scroll = scroller();
  if (scroll !== null) scroll.scrollTop = scroll.scrollHeight;
}

// The open thread: it is read anew when something happens in it, and what is being written stays.
import { isAtEnd, merge, readOlder, scroller, toEnd } from "./messages";
import { byId, opened, parse } from "./page";

// Make a thread that has just come onto the page the open one. Whether there is one.
export function openThread(): boolean {
  const talk = document.querySelector<HTMLElement>(".talk-open:not([data-known])");
  if (talk === null) return false;
  talk.dataset["known"] = "";
  document.title = talk.dataset["title"] ?? document.title;
  toEnd();
  scroller()?.addEventListener("scroll", () => {
    if (isAtEnd()) (byId("newer") as HTMLElement).hidden = true;
    if ((scroller()?.scrollTop ?? 1) < 200) void readOlder();
  });
  return true;
}

let reading = false;
let readAgain = false;
export async function readThread(): Promise<void> {
  if (reading) {
    readAgain = true;
    return;
  }
  const conversation = opened();
  if (conversation === undefined) return;
  reading = true;
  do {
    readAgain = false;
    const answer = await fetch(`/conversations/${conversation}/now`, { headers: { "hx-request": "true" } }).catch(() => null);
    if (answer?.ok && conversation === opened()) apply(await answer.text(), false);
  } while (readAgain);
  reading = false;
}

// Take in an open conversation as it is now. What was told of an answer stays, unless this is what became of one.
export function apply(html: string, withNote: boolean): void {
  const now = parse(html);
  for (const part of now.querySelectorAll<HTMLElement>("[data-part]")) {
    const place = byId(part.dataset["part"] ?? "");
    if (place === null || (place.id === "reply-note" && !withNote)) continue;
    if (place.innerHTML !== part.innerHTML && place.querySelector("dialog[open]") === null) place.replaceChildren(...part.childNodes);
    if (place.id === "reply-state") {
      const box = byId("reply-box") as HTMLFieldSetElement;
      // Whoever was writing reads on above.
      if (!("open" in part.dataset) && box.contains(document.activeElement)) scroller()?.focus();
      box.disabled = !("open" in part.dataset);
      place.toggleAttribute("data-open", "open" in part.dataset);
    }
  }
  const atEnd = isAtEnd();
  const added = merge(byId("said") as HTMLElement, [...(now.querySelector("[data-messages]")?.children ?? [])] as HTMLElement[]);
  if (atEnd) toEnd();
  else if (added) (byId("newer") as HTMLElement).hidden = false;
}

export function followNewer(event: Event): void {
  if ((event.target as Element).closest("#newer") !== null) toEnd();
}

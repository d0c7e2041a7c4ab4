// The page of conversations: the list and the open thread follow what changes, and what is being written stays.
import htmx from "htmx.org";
import { fillEmoji } from "./emoji";
import { hear, type Change } from "./live";

// What was written and not sent, and who was told that it is night there, by conversation.
const drafts = new Map<string, string>();
const atNight = new Set<string>();
let skew = 0;

export function followConversations(): void {
  const page = document.querySelector<HTMLElement>(".talks");
  if (page === null) return;
  skew = Number(page.dataset["now"]) * 1000 - Date.now();
  window.setInterval(tick, 20_000);
  hear({ change: followChange, anew: () => (void readList(), void readThread()) });
  document.addEventListener("submit", sendForm);
  document.addEventListener("input", keepDraft);
  document.addEventListener("keydown", sendByKey);
  document.addEventListener("click", followNewer);
  document.addEventListener("htmx:after:swap", () => openThread());
  openThread();
}

// The list

function followChange(change: Change): void {
  if (change.row !== undefined) placeRow(change);
  if (`${change.conversation}` === opened() && change.what !== "read") void readThread();
}

function placeRow(change: Change): void {
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

async function readList(): Promise<void> {
  const form = byId("find") as HTMLFormElement;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "hx-request": "true" } });
  const list = parse(await answer.text()).querySelector("#talks");
  if (!answer.ok || list === null) return;
  byId("talks")?.replaceWith(list);
  htmx.process(list);
  markOpen();
}

function markOpen(): void {
  for (const link of document.querySelectorAll<HTMLElement>(".talk-row a")) {
    if (link.parentElement?.id === `talk-${opened()}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// The thread

function opened(): string | undefined {
  return document.querySelector<HTMLElement>(".talk-open")?.dataset["conversation"];
}

function openThread(): void {
  markOpen();
  const talk = document.querySelector<HTMLElement>(".talk-open:not([data-known])");
  if (talk === null) return;
  talk.dataset["known"] = "";
  document.title = talk.dataset["title"] ?? document.title;
  const box = byId("reply-text") as HTMLTextAreaElement;
  const draft = drafts.get(opened() ?? "");
  if (draft !== undefined && box.value === "") {
    box.value = draft;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  fillEmoji(byId("emoji") as HTMLElement, box);
  toEnd();
  scroller()?.addEventListener("scroll", () => {
    if (isAtEnd()) (byId("newer") as HTMLElement).hidden = true;
    if ((scroller()?.scrollTop ?? 1) < 200) void readOlder();
  });
  if (!matchMedia("(max-width: 60rem)").matches) box.focus({ preventScroll: true });
}

let reading = false;
let readAgain = false;
async function readThread(): Promise<void> {
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
function apply(html: string, withNote: boolean): void {
  const now = parse(html);
  for (const part of now.querySelectorAll<HTMLElement>("[data-part]")) {
    const place = byId(part.dataset["part"] ?? "");
    if (place === null || (place.id === "reply-note" && !withNote)) continue;
    if (place.innerHTML !== part.innerHTML && place.querySelector("dialog[open]") === null) place.replaceChildren(...part.childNodes);
    if (place.id === "reply-state") {
      (byId("reply-box") as HTMLFieldSetElement).disabled = !("open" in part.dataset);
      place.toggleAttribute("data-open", "open" in part.dataset);
    }
  }
  const atEnd = isAtEnd();
  const added = merge(byId("said") as HTMLElement, [...(now.querySelector("[data-messages]")?.children ?? [])] as HTMLElement[]);
  if (atEnd) toEnd();
  else if (added) (byId("newer") as HTMLElement).hidden = false;
}

// Put messages where they belong, each once. Whether one is new at the end.
function merge(list: HTMLElement, messages: HTMLElement[]): boolean {
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
async function readOlder(): Promise<void> {
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

function scroller(): HTMLElement | null {
  return byId("said-scroll");
}

function isAtEnd(): boolean {
  const scroll = scroller();
  return scroll === null || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
}

function toEnd(): void {
  const scroll = scroller();
  if (scroll !== null) scroll.scrollTop = scroll.scrollHeight;
}

function followNewer(event: Event): void {
  if ((event.target as Element).closest("#newer") !== null) toEnd();
}

// Answers, and what else is done with a conversation

function sendForm(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (!("thread" in form.dataset)) return;
  event.preventDefault();
  send(form, event.submitter);
}

// Answers go one after the other, in the order in which they were sent.
let going: Promise<void> = Promise.resolve();

function send(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const conversation = opened() ?? "";
  const isReply = form.id === "reply";
  const said = new FormData(form, submitter);
  if (isReply) {
    if (said.has("at_night")) atNight.add(conversation);
    if (atNight.has(conversation)) said.set("at_night", "1");
    write("", "", "");
  }
  form.closest("dialog")?.close();
  going = going.then(() => post(form.action, said, conversation, isReply));
}

async function post(address: string, said: FormData, conversation: string, isReply: boolean): Promise<void> {
  const answer = await fetch(address, { method: "POST", body: said, headers: { "hx-request": "true" } }).catch(() => null);
  if (isReply && !answer?.ok) writeAgain(conversation, said);
  if (answer === null) return notice("There is no connection. Nothing was done: try again.");
  const to = answer.headers.get("hx-redirect");
  if (to !== null) return location.assign(to);
  const html = await answer.text();
  if (answer.headers.has("hx-retarget")) return byId("notices")?.append(...parse(html).childNodes);
  if (conversation !== opened()) return;
  apply(html, isReply);
  if (isReply && answer.ok) toEnd();
}

// What did not go stands in the box again, before what was written since.
function writeAgain(conversation: string, said: FormData): void {
  const [text, picture, coupon] = ["text", "picture", "coupon"].map((name) => `${said.get(name) ?? ""}`) as [string, string, string];
  if (conversation !== opened()) drafts.set(conversation, text);
  else write([text, (byId("reply-text") as HTMLTextAreaElement).value].filter(Boolean).join("\n"), picture, coupon);
}

function write(text: string, picture: string, coupon: string): void {
  const box = byId("reply-text") as HTMLTextAreaElement;
  for (const [id, value] of [["reply-text", text], ["picture", picture], ["coupon", coupon]] as const) {
    const field = byId(id) as HTMLInputElement | null;
    if (field !== null) field.value = value;
  }
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

function keepDraft(event: Event): void {
  const box = event.target as HTMLTextAreaElement;
  if (box.id === "reply-text") drafts.set(opened() ?? "", box.value);
}

function sendByKey(event: KeyboardEvent): void {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && (event.target as Element).id === "reply-text") {
    event.preventDefault();
    (byId("reply") as HTMLFormElement).requestSubmit();
  }
}

// Small ones

function tick(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-since]")) {
    const minutes = Math.floor((Date.now() + skew - Number(place.dataset["since"]) * 1000) / 60_000);
    place.textContent = lasting(minutes);
  }
}

function lasting(minutes: number): string {
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : "under a minute";
}

function notice(words: string): void {
  const note = document.createElement("div");
  note.className = "note bad";
  note.role = "alert";
  note.textContent = words;
  byId("notices")?.append(note);
  window.setTimeout(() => note.remove(), 6_000);
}

function parse(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

function byId(id: string): HTMLElement | null {
  return document.getElementById(id);
}

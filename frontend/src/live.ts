// What changes while the page is open: one stream of events, which begins again where it was cut off.

export interface Change {
  what: string;
  unread: number;
  conversation?: number;
  row?: string;
  box?: string;
  isUnread?: boolean;
  newest?: number;
}

type Heard = { change?: (change: Change) => void; anew?: () => void };

// The server gives a sign of life every ten seconds.
const SILENCE = 25_000;
// A page in the background lets go of its stream after a while: browsers have only a few for a host.
const REST = 20_000;
const LONGEST_WAIT = 15_000;
// So long nobody needs to know that there is no stream.
const UNSAID = 1_500;

const heard: Heard[] = [];
let address = "";
let position: string | null = null;
let cut: AbortController | null = null;
let failures = 0;
let again = 0;
let saying = 0;
let over = false;

export function hear(what: Heard): void {
  heard.push(what);
}

export function followStream(): void {
  address = document.querySelector<HTMLElement>("[data-live]")?.dataset["live"] ?? "";
  if (address === "") return;
  position = document.querySelector<HTMLElement>("[data-position]")?.dataset["position"] ?? null;
  window.addEventListener("offline", () => cut?.abort());
  window.addEventListener("online", connectNow);
  window.addEventListener("pagehide", () => cut?.abort());
  window.addEventListener("pageshow", (event) => event.persisted && connectNow());
  let resting = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(resting);
    if (document.hidden) resting = window.setTimeout(() => cut?.abort(), REST);
    else connectNow();
  });
  connectNow();
}

function connectNow(): void {
  failures = 0;
  clearTimeout(again);
  if (cut === null && !over) void connect();
}

async function connect(): Promise<void> {
  cut = new AbortController();
  try {
    await read(cut);
  } catch {
    // Cut off, or not let in: it is tried again.
  }
  cut = null;
  document.getElementById("unconnected")?.removeAttribute("data-connected");
  if (over || document.hidden) return;
  if (saying === 0) saying = window.setTimeout(() => say("Not connected, trying again"), UNSAID);
  const wait = Math.min(LONGEST_WAIT, 250 * 2 ** failures) * (0.75 + Math.random() / 2);
  failures += 1;
  again = window.setTimeout(() => void connect(), wait);
}

async function read(controller: AbortController): Promise<void> {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (position !== null) headers["last-event-id"] = position;
  const answer = await fetch(address, { headers, signal: controller.signal, redirect: "manual", cache: "no-store" });
  if (answer.type === "opaqueredirect" || answer.status === 403) return end();
  if (!answer.ok || answer.body === null) throw new Error(`${answer.status}`);
  let silence = 0;
  const wait = (): void => {
    clearTimeout(silence);
    silence = window.setTimeout(() => controller.abort(), SILENCE);
  };
  try {
    let rest = "";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (wait(); ; wait()) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop() ?? "";
      events.forEach(take);
    }
  } finally {
    clearTimeout(silence);
  }
}

function take(event: string): void {
  const fields = new Map(event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
  const name = fields.get("event");
  if (name === undefined) return;
  const data = JSON.parse(fields.get("data") ?? "{}") as Change;
  if (name === "ended") return end();
  if (name === "hello") connected();
  if (name === "change") for (const one of heard) one.change?.(data);
  if (name === "anew") for (const one of heard) one.anew?.();
  position = fields.get("id") ?? position;
  count(data.unread);
}

function connected(): void {
  failures = 0;
  clearTimeout(saying);
  saying = 0;
  say("");
  document.getElementById("unconnected")?.toggleAttribute("data-connected", true);
}

function end(): void {
  over = true;
  say("Signed out, or not allowed any more: load the page again");
}

function say(words: string): void {
  const place = document.getElementById("unconnected");
  if (place !== null && place.textContent !== words) place.textContent = words;
}

function count(unread: number | null): void {
  if (unread === null) return;
  for (const place of document.querySelectorAll<HTMLElement>("[data-unread-count]")) {
    place.hidden = unread === 0;
    place.textContent = unread > 99 ? "99+" : `${unread}`;
  }
}

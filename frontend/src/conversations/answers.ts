// Answers, and what else is done with a conversation: one after the other, and nothing that was written is lost.
import { fillEmoji } from "../emoji";
import { setPicture } from "../pictures";
import { toEnd } from "./messages";
import { byId, notice, opened, parse } from "./page";
import { apply } from "./thread";

// What was written and not sent, and who was told that it is night there, by conversation.
const drafts = new Map<string, string>();
const atNight = new Set<string>();

export function followAnswers(): void {
  document.addEventListener("submit", sendForm);
  document.addEventListener("input", keepDraft);
  document.addEventListener("keydown", sendByKey);
}

// Make the box of a thread that was opened ready to write in.
export function openBox(): void {
  const box = byId("reply-text") as HTMLTextAreaElement;
  const draft = drafts.get(opened() ?? "");
  if (draft !== undefined && box.value === "") {
    box.value = draft;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  fillEmoji(byId("emoji") as HTMLElement, box);
  if (!matchMedia("(max-width: 60rem)").matches) box.focus({ preventScroll: true });
}

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
  const pool = byId("coupon") as HTMLSelectElement | null;
  box.value = text;
  if (pool !== null) pool.value = coupon;
  setPicture(picture);
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

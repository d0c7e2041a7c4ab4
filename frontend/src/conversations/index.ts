// The page of conversations: the list and the open thread follow what changes, and what is being written stays.
import htmx from "htmx.org";
import { hear, type Change } from "../live";
import { followAnswers, openBox } from "./answers";
import { markOpen, placeRow, readList } from "./list";
import { opened } from "./page";
import { followNewer, openThread, readThread } from "./thread";
import { followWaits } from "./waits";

export function followConversations(): void {
  const page = document.querySelector<HTMLElement>(".talks");
  if (page === null) return;
  followWaits(Number(page.dataset["now"]));
  hear({ change: followChange, anew: () => (void readList(), void readThread()) });
  followAnswers();
  document.addEventListener("click", followNewer);
  document.addEventListener("htmx:after:swap", open);
  open();
}

function open(): void {
  markOpen();
  if (openThread()) openBox();
}

function followChange(change: Change): void {
  if (change.row !== undefined) placeRow(change);
  const nobody = document.querySelector(".talk-nobody");
  if (nobody !== null) htmx.trigger(nobody, "again", {});
  if (`${change.conversation}` === opened() && change.what !== "read") void readThread();
}

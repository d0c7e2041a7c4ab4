// A picture that goes with an answer, a campaign or a flow: a file is kept at the server as soon as it is chosen, and goes
// by its address.
import { onTakenOut, showChosen } from "./chosen";

const OURS = /\/pictures\/[0-9a-f]{32}$/;

export function followPictures(): void {
  document.addEventListener("change", (event) => {
    const id = (event.target as HTMLElement).id;
    if (id === "picture-file" || id === "picture-words") void upload();
  });
  document.addEventListener("input", (event) => {
    if ((event.target as HTMLElement).id === "picture") show();
  });
  onTakenOut(() => {
    if (byId("picture") === null) return;
    setPicture("");
    (byId("reply-text") ?? byId("picture-file"))?.focus();
  });
  if (byId("picture") !== null) show();
}

// The picture is at this address, or there is none.
export function setPicture(address: string): void {
  const field = byId("picture") as HTMLInputElement;
  if (address === "") for (const id of ["picture-file", "picture-words"]) (byId(id) as HTMLInputElement).value = "";
  field.value = address;
  show();
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function show(): void {
  const field = byId("picture") as HTMLInputElement;
  const address = field.value;
  const ours = OURS.exec(address)?.[0] ?? null;
  (field.closest(".field") as HTMLElement).hidden = ours !== null;
  const file = (byId("picture-file") as HTMLInputElement).files?.[0];
  wrong("");
  showChosen(address === "" ? null : { name: ours === null ? address : (file?.name ?? "Picture"), src: ours });
}

async function upload(): Promise<void> {
  const file = (byId("picture-file") as HTMLInputElement).files?.[0];
  if (file === undefined) return;
  const body = new FormData();
  body.set("file", file);
  body.set("about", (byId("picture-words") as HTMLInputElement).value);
  const answer = await fetch("/api/pictures", { method: "POST", body }).catch(() => null);
  const said = (await answer?.json().catch(() => null)) as { address?: string; title?: string; detail?: string } | null;
  if (file !== (byId("picture-file") as HTMLInputElement).files?.[0]) return;
  if (said?.address !== undefined) return setPicture(said.address);
  setPicture("");
  wrong([said?.title ?? "There is no connection.", said?.detail ?? "Choose the picture again."].join(" "));
}

function wrong(words: string): void {
  const place = byId("picture-wrong") as HTMLElement;
  place.hidden = words === "";
  place.textContent = words;
}

function byId(id: string): HTMLElement | null {
  return document.getElementById(id);
}

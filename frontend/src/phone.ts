// The simulated phone: its last text is in sight, what came is there at once, and a picture is seen before it is sent.
import htmx from "htmx.org";
import { onTakenOut, showChosen } from "./chosen";
import { hear } from "./live";

export function followPhone(): void {
  const [texts, scroll] = [document.getElementById("phone-texts"), document.getElementById("handset-scroll")];
  if (texts === null || scroll === null) return;
  let shown = -1;
  const toEnd = (): void => {
    if (texts.childElementCount === shown) return;
    shown = texts.childElementCount;
    scroll.scrollTop = scroll.scrollHeight;
  };
  new MutationObserver(toEnd).observe(texts, { childList: true });
  // A picture takes its room when it is there.
  texts.addEventListener("load", () => (scroll.scrollTop = scroll.scrollHeight), true);
  toEnd();
  hear({ change: () => htmx.trigger(texts, "again", {}) });
  followPicture();
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target as HTMLElement;
    const { ctx } = (event as CustomEvent<{ ctx: { response: { status: number } } }>).detail;
    if (form.id === "text" && ctx.response.status < 400) (form as HTMLFormElement).reset();
  });
}

function followPicture(): void {
  const field = document.getElementById("phone-picture") as HTMLInputElement;
  const body = document.getElementById("body") as HTMLInputElement;
  field.addEventListener("change", () => {
    const file = field.files?.[0];
    if (file === undefined) return showChosen(null);
    const reader = new FileReader();
    reader.addEventListener("load", () => showChosen({ name: file.name, src: `${reader.result}` }));
    reader.readAsDataURL(file);
    body.focus();
  });
  field.form?.addEventListener("reset", () => showChosen(null));
  onTakenOut(() => {
    field.value = "";
    showChosen(null);
    body.focus();
  });
}

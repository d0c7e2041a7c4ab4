// The simulated phone: its last text is in sight, and what came is there at once.
import htmx from "htmx.org";
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
  toEnd();
  hear({ change: () => htmx.trigger(texts, "again", {}) });
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target as HTMLElement;
    if (form.id === "text") (form as HTMLFormElement).reset();
  });
}

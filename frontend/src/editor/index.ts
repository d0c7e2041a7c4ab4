// The pages on which a segment is written: the editor, what stands beside it, and saving.
import { startCompletion } from "@codemirror/autocomplete";
import { Live } from "./live";
import { format, makeEditor } from "./make";
import { followSaving } from "./saving";

const form = document.querySelector<HTMLFormElement>("form[data-draft]");
const area = form?.querySelector<HTMLTextAreaElement>("[data-editor]");
if (form && area) {
  const live = new Live(form, () => area.value);
  const name = form.querySelector<HTMLInputElement>("[name=name]");
  const view = makeEditor(area, {
    segment: () => name?.value ?? "",
    mistakes: document.getElementById("mistakes"),
    changed: () => live.changed(),
  });
  const acts = { suggest: startCompletion, format };
  for (const tools of form.querySelectorAll<HTMLElement>(".editor-tools")) tools.hidden = false;
  for (const button of form.querySelectorAll<HTMLElement>("[data-editor-act]")) {
    button.addEventListener("click", () => {
      view.focus();
      acts[button.dataset["editorAct"] as keyof typeof acts](view);
    });
  }
  followSaving(form, view);
}

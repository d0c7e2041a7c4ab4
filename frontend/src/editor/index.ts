// The pages on which a segment is written: the editor, what stands beside it, and saving; and fields for conditions.
import { startCompletion } from "@codemirror/autocomplete";
import { followTabs } from "../tabs";
import { Builder } from "./builder";
import { makeConditions } from "./conditions";
import { Live } from "./live";
import { format, formatNow, makeEditor, setText } from "./make";
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
  const formView = document.getElementById("form-view")!;
  const builder = new Builder(formView, { get: () => area.value, set: (text) => setText(view, text) });
  const tabs = form.querySelector<HTMLElement>("[role=tablist]")!;
  tabs.hidden = false;
  followTabs(tabs, async (shown) => {
    if (shown === "form-view") await builder.read();
    else await builder.written();
    for (const tools of form.querySelectorAll<HTMLElement>(".editor-tools")) tools.hidden = shown !== "text-view";
  });
  followSaving(form, async () => {
    if (formView.hidden) {
      await formatNow(view);
      return true;
    }
    const missing = await builder.written();
    missing?.closest("[role=group]")?.querySelector<HTMLElement>("select, input:not([type=hidden], [type=checkbox]), textarea")?.focus();
    return missing === null;
  });
}
if (!form) makeConditions(document.body);

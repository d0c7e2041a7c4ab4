// What is told of the word under the pointer.
import { hoverTooltip } from "@codemirror/view";
import { line } from "./lines";
import { aboutPlace } from "./service";

export const about = hoverTooltip(async (view, place) => {
  const text = view.state.doc;
  const found = await aboutPlace(text.toString(), place).catch(() => null);
  if (found === null || !view.state.doc.eq(text)) return null;
  return {
    pos: found.start,
    end: found.end,
    above: true,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "about";
      dom.append(line(found.title, "strong"), ...found.lines.map((one) => line(one, "p")));
      return { dom };
    },
  };
});

// Lines of what is told, in which code stands in back quotes.

export function line(text: string, tag: "p" | "strong"): HTMLElement {
  const made = document.createElement(tag);
  text.split("`").forEach((part, index) => {
    const piece = document.createElement(index % 2 === 1 ? "code" : "span");
    piece.textContent = part;
    if (part !== "") made.append(piece);
  });
  return made;
}

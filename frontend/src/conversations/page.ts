// What all parts of the page of conversations need: its places, HTML from the server, and a word about what went wrong.

export function opened(): string | undefined {
  return document.querySelector<HTMLElement>(".talk-open")?.dataset["conversation"];
}

export function byId(id: string): HTMLElement | null {
  return document.getElementById(id);
}

export function parse(html: string): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export function notice(words: string): void {
  const note = document.createElement("div");
  note.className = "note bad";
  note.role = "alert";
  note.textContent = words;
  byId("notices")?.append(note);
  window.setTimeout(() => note.remove(), 6_000);
}

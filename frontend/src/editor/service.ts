// What the server says of a text: the JSON operations of /api/, with places in UTF-16.
import { Places, whole } from "./places";

export interface Place {
  start: number;
  end: number;
}

export interface Token extends Place {
  kind: string;
}

export interface Edit extends Place {
  text: string;
}

export interface Fix {
  title: string;
  edits: Edit[];
}

export interface Mistake extends Place {
  code: string;
  severity: "error" | "warning" | "hint";
  message: string;
  remedy: string | null;
  line: number;
  fixes: Fix[];
}

export interface Proposal extends Place {
  text: string;
  kind: string;
  type: string | null;
  count: number | null;
}

export interface About extends Place {
  title: string;
  lines: string[];
}

export async function tokensOf(text: string): Promise<Token[]> {
  const places = new Places(text);
  const { tokens } = await ask<{ tokens: Token[] }>("tokens", { text });
  return tokens.map((one) => placed(one, places));
}

export async function mistakesIn(text: string, segment: string | null): Promise<Mistake[]> {
  const places = new Places(text);
  const { diagnostics } = await ask<{ diagnostics: Mistake[] }>("check", { text, segment });
  return diagnostics.map((one) => ({
    ...placed(one, places),
    fixes: one.fixes.map((fix) => ({ ...fix, edits: fix.edits.map((edit) => placed(edit, places)) })),
  }));
}

export async function proposalsAt(text: string, unit: number): Promise<Proposal[]> {
  const places = new Places(text);
  const { completions } = await ask<{ completions: Proposal[] }>("complete", { text, offset: places.points(unit) });
  return completions.map((one) => placed(one, places));
}

export async function aboutPlace(text: string, unit: number): Promise<About | null> {
  const places = new Places(text);
  const { hover } = await ask<{ hover: About | null }>("hover", { text, offset: places.points(unit) });
  return hover && placed(hover, places);
}

/** How many a condition means. `asker`, `turn`: who asks, and for the how manyth time. */
export async function countOf(text: string, asker: string, turn: number): Promise<{ count: number; of: number }> {
  return ask("count", { text, asker, turn });
}

/** The canonical form; null where the text cannot be read. */
export async function formatted(text: string): Promise<string | null> {
  return ask<{ text: string }>("format", { text, segment: "" }).then(
    (found) => found.text,
    () => null,
  );
}

function placed<Found extends Place>(found: Found, places: Places): Found {
  return { ...found, start: places.units(found.start), end: places.units(found.end) };
}

async function ask<Answer>(what: string, body: { text: string } & Record<string, unknown>): Promise<Answer> {
  const answer = await fetch(`/api/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, text: whole(body.text) }),
  });
  if (!answer.ok || answer.redirected) throw new Error(`${what}: ${answer.status}`);
  return (await answer.json()) as Answer;
}

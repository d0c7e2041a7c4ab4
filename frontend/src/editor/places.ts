// Places in a text: the server counts code points, the browser UTF-16 units. The one place where they are converted.

export class Places {
  // Where the characters begin that take two units.
  private readonly wide: number[] = [];

  constructor(readonly text: string) {
    for (const match of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) this.wide.push(match.index);
  }

  /** The code points before a place in units. */
  points(unit: number): number {
    return unit - this.before((wide) => wide < unit);
  }

  /** The units before a place in code points. */
  units(point: number): number {
    return Math.min(point + this.before((wide, index) => wide - index < point), this.text.length);
  }

  // How many of the wide characters stand before a place.
  private before(stands: (wide: number, index: number) => boolean): number {
    let low = 0;
    let high = this.wide.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (stands(this.wide[middle] ?? 0, middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The text without halves of characters, which no server can read; as long as before. */
export function whole(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, "\ufffd");
}

/**
 * What texts that come again and again mean, so that each is read once and equal ones share one value. Bounded: servers, and
 * those who write the mail, must not fill the memory with them.
 */
export class Remembered<Value> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;
  readonly #longest: number;

  /** So many texts of so many characters each. */
  constructor(most: number, longest: number) {
    this.#most = most;
    this.#longest = longest;
  }

  get(text: string): Value | undefined {
    return this.#values.get(text);
  }

  /** Returns the value, which keeps nothing of a response alive: see owned(). */
  keep(text: string, value: Value): Value {
    if (text.length > this.#longest) return value;
    if (this.#values.size >= this.#most) this.#values.clear();
    this.#values.set(ownedText(text), value);
    return value;
  }
}

/**
 * A copy, so that the block of the response that a text was cut from is not kept with it: a line may have a megabyte.
 */
export function ownedText(text: string): string {
  // join makes one flat string at once; + would keep the parts.
  return [text.substring(0, 1), text.substring(1)].join('');
}

/** The same of a plain object of texts. */
export function owned<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T; // such values come back as they were
}

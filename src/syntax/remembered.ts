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
    this.#values.set(owned(text), value);
    return value;
  }
}

/**
 * A copy, texts and all, so that the block of the response that a text was cut from is not kept with it: a line may have a
 * megabyte. Of texts, and plain objects of them.
 */
export function owned<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T; // such values come back as they were
}

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

  /** Returns the value. */
  keep(text: string, value: Value): Value {
    if (text.length > this.#longest) return value;
    if (this.#values.size >= this.#most) this.#values.clear();
    // A copy, so that the block of the response that the text was cut from is not kept with it.
    this.#values.set(Buffer.from(text, 'latin1').toString('latin1'), value);
    return value;
  }
}

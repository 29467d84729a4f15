/** Answers that may be a little old: each is asked for anew after a while. */
export class Remembered<T> {
  readonly #milliseconds: number;
  readonly #most: number;
  #known = new Map<string, { readonly value: T; readonly until: number }>();

  constructor(milliseconds: number, most: number) {
    this.#milliseconds = milliseconds;
    this.#most = most;
  }

  async get(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key);
    if (known && performance.now() < known.until) return known.value;
    const value = await ask();
    if (this.#known.size >= this.#most) this.#known = new Map();
    this.#known.set(key, { value, until: performance.now() + this.#milliseconds });
    return value;
  }
}

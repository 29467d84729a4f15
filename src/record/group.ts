interface Waiting<Item, Result> {
  readonly item: Item;
  readonly done: (result: Result) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Gathers what many requests ask for at once into shared round trips. A batch leaves as soon as one of the few slots is
 * free, with no timer: under load the next batch forms while the last is on its way, at rest nothing waits.
 */
export class Group<Item, Result> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly #slots: number;
  readonly #largest: number;
  readonly #weight: (item: Item) => number;
  #waiting: Waiting<Item, Result>[] = [];
  #busy = 0;
  /** Items of the batches on their way. */
  #flying = 0;
  #scheduled = false;

  /** `run` answers every item of a batch, in order, or fails the whole batch having done nothing. */
  constructor(
    run: (items: readonly Item[]) => Promise<readonly Result[]>,
    options: { slots?: number; largest?: number; weight?: (item: Item) => number } = {},
  ) {
    this.#run = run;
    this.#slots = options.slots ?? 1;
    this.#largest = options.largest ?? 256;
    this.#weight = options.weight ?? (() => 1);
  }

  add(item: Item): Promise<Result> {
    return new Promise((done, failed) => {
      this.#waiting.push({ item, done, failed });
      if (!this.#scheduled && this.#busy < this.#slots) {
        this.#scheduled = true;
        setImmediate(() => {
          this.#scheduled = false;
          this.#flush();
        });
      }
    });
  }

  #flush(): void {
    while (this.#busy < this.#slots && this.#waiting.length > 0 && !this.#isUneven()) {
      let count = 0;
      let weight = 0;
      do {
        weight += this.#weight(this.#waiting[count]!.item);
        count += 1;
      } while (count < this.#waiting.length && weight < this.#largest);
      const batch = this.#waiting.splice(0, count);
      this.#busy += 1;
      this.#flying += batch.length;
      void this.#send(batch).finally(() => {
        this.#busy -= 1;
        this.#flying -= batch.length;
        this.#flush();
      });
    }
  }

  /** A batch smaller than those on their way would cost as much as they do for fewer: it waits until it is as large, or one is back. */
  #isUneven(): boolean {
    return this.#waiting.length * this.#busy < this.#flying;
  }

  async #send(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#run(batch.map(({ item }) => item));
      batch.forEach(({ done }, i) => {
        done(results[i]!);
      });
    } catch (error) {
      if (batch.length === 1) {
        batch[0]!.failed(error);
        return;
      }
      // One member's fault must not fail the others: each goes again by itself.
      for (const one of batch) await this.#send([one]);
    }
  }
}

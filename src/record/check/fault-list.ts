/** One kind of damage that a check found. */
export interface FaultKind {
  /** What is wrong, in words. */
  readonly title: string;
  readonly count: number;
  /** Some of them: `Patient/1`, or the key of a row that belongs to none. */
  readonly examples: readonly string[];
  /** How many of them were mended. */
  readonly mended: number;
}

const mostExamples = 5;

/** Faults by kind, with a few examples of each. */
export class FaultList {
  readonly #kinds = new Map<string, { count: number; examples: string[]; mended: number }>();

  add(title: string, example: string, mended = false): void {
    this.addMany(title, 1, [example], mended ? 1 : 0);
  }

  addMany(title: string, count: number, examples: readonly string[], mended = 0): void {
    let kind = this.#kinds.get(title);
    if (!kind) {
      kind = { count: 0, examples: [], mended: 0 };
      this.#kinds.set(title, kind);
    }
    kind.count += count;
    kind.mended += mended;
    kind.examples.push(...examples.slice(0, mostExamples - kind.examples.length));
  }

  get all(): readonly FaultKind[] {
    return [...this.#kinds].map(([title, kind]) => ({ title, ...kind }));
  }
}

/** What frees things at the end: a test's context, or `{ after }` of node:test. */
export interface Ending {
  after(work: () => Promise<void>): void;
}

const stacks = new WeakMap<Ending, (() => unknown)[]>();

/** Frees at the end of the test what was opened last first; node:test's own `after` frees the first one first. */
export function atEnd(t: Ending, work: () => unknown): void {
  const known = stacks.get(t);
  if (known) {
    known.push(work);
    return;
  }
  const stack = [work];
  stacks.set(t, stack);
  t.after(async () => {
    for (const next of stack.reverse()) await next();
  });
}

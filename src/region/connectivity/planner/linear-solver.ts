import loadHighs, { type Highs } from 'highs';

// The package's types are those of its CommonJS build, whose loader is below `default`; Node loads its ES build.
const load = loadHighs as unknown as typeof loadHighs.default;

let solver: Promise<Highs> | undefined;

/** HiGHS, loaded once. */
export function openHighs(): Promise<Highs> {
  solver ??= load();
  return solver;
}

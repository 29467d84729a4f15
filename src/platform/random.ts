/** Random numbers that can be had again: the same seed gives the same ones, on every machine. Never for secrets. */

export interface Random {
  /** At least 0, below 1. */
  readonly next: () => number;
  /** A whole number from `low` to `high`, both included. */
  readonly whole: (low: number, high: number) => number;
  readonly between: (low: number, high: number) => number;
  /** True with this probability, 0 to 1. */
  readonly chance: (probability: number) => boolean;
  /** One of them, all alike. Throws where there is none. */
  readonly pick: <T>(choices: readonly T[]) => T;
  /** One of them, by its weight. Throws where there is none. */
  readonly weighted: <T>(choices: readonly (readonly [T, number])[]) => T;
  /** From a normal distribution. */
  readonly normal: (mean: number, deviation: number) => number;
  /** Numbers of their own for a part of the work, so that what one part draws changes no other. */
  readonly fork: (label: string) => Random;
}

/** Source of the hash: FNV-1a, 32 bits; of the numbers: sfc32 of PractRand, which passes its tests. */
export function seededRandom(seed: string): Random {
  let [a, b, c] = [hashOf(`${seed}/a`), hashOf(`${seed}/b`), hashOf(`${seed}/c`)];
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 12; i++) next();
  const between = (low: number, high: number) => low + next() * (high - low);
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const pick = <T>(choices: readonly T[]): T => {
    if (choices.length === 0) throw new RangeError('There is nothing to choose from.');
    return choices[whole(0, choices.length - 1)] as T;
  };
  return {
    ...{ next, whole, between, pick },
    chance: (probability) => next() < probability,
    weighted: (choices) => {
      let left = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [choice, weight] of choices) {
        left -= weight;
        if (left < 0) return choice;
      }
      return pick(choices.filter(([, weight]) => weight > 0))[0];
    },
    // Source: the Box-Muller transform.
    normal: (mean, deviation) =>
      mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    fork: (label) => seededRandom(`${seed}/${label}`),
  };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

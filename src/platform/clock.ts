/** Where the time comes from, so that every test can set it. */
export interface Clock {
  /** Now, in whole milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number;
}

export const systemClock: Clock = { now: () => Date.now() };

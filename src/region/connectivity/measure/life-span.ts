/** A span of signs of life of a probe (`up`), or one in which it ran and could not reach the server (`cut`). ms since 1970 UTC. */
export interface LifeSpan {
  readonly site: string;
  readonly by: string;
  readonly kind: 'up' | 'cut';
  readonly started: number;
  readonly ended: number;
}

import type { Transaction } from '../platform/database.ts';
import type { Change } from './care-record.ts';

/** A change within a bundle: its address there, by which others point at it. */
export interface Item {
  readonly change: Change;
  readonly fullUrl?: string;
  /** Prefix of `where` in faults: `Bundle.entry[3].resource`. */
  readonly prefix?: string;
}

/** How links inside a bundle's resources are rewritten once every item's place is known. */
export interface Rewriting {
  /** True where rewriting must search: `Patient?identifier=…` as a reference. */
  readonly needsDatabase: boolean;
  /** Told the place of each item, `Type/id`, in order, before the first text is rewritten. */
  learn(places: readonly (string | undefined)[]): void;
  apply(sent: string, item: Item, sql: Transaction | undefined): Promise<string>;
}

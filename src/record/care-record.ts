import type { Resource, ResourceType } from '@medplum/fhirtypes';
import type { Fault } from '../platform/problem.ts';
import type { Actor } from './actor.ts';

/** One version of a resource as it is kept. */
export interface Stored {
  readonly type: ResourceType;
  readonly id: string;
  readonly version: number;
  /** Milliseconds since 1970 UTC. */
  readonly updated: number;
  /** The JSON as stored, UTF-8; goes to the wire as it is. Undefined: this version is a deletion. */
  readonly body: Buffer | undefined;
}

/** The parsed resource of a stored version. Throws when the version is a deletion. */
export function resourceOf<T extends Resource = Resource>(stored: Stored): T {
  if (!stored.body) throw new Error(`${stored.type}/${stored.id} version ${stored.version} is a deletion`);
  return JSON.parse(stored.body.toString('utf8')) as T; // validated when it was written
}

export interface Page {
  readonly matches: readonly Stored[];
  readonly included: readonly Stored[];
  /** Where asked for (`_total`, `_summary=count`). */
  readonly total?: number;
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
  /** Parameters that were not understood and left out. */
  readonly warnings: readonly Fault[];
}

/** What to write. `text` is the JSON as sent; number precision and order of keys are kept. */
export type Change =
  | { readonly kind: 'create'; readonly text: string; readonly ifNoneExist?: string }
  | { readonly kind: 'update'; readonly type: string; readonly id: string; readonly text: string; readonly ifMatch?: number }
  | { readonly kind: 'update-where'; readonly type: string; readonly query: string; readonly text: string }
  | { readonly kind: 'delete'; readonly type: string; readonly id: string; readonly ifMatch?: number }
  | { readonly kind: 'delete-where'; readonly type: string; readonly query: string };

export interface Committed {
  /** One for each change, in the order given. */
  readonly results: readonly {
    readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted' | 'found' | 'absent';
    readonly stored?: Stored;
  }[];
}

/** The longitudinal record: one write path, and reads that are authorised and audited before the answer leaves. */
export interface CareRecord {
  read(actor: Actor, type: string, id: string): Promise<Stored | undefined>;
  /** `query` as in a URL: `patient=Patient/1&code=8480-6&_sort=-date`. */
  search(actor: Actor, type: string, query: string): Promise<Page>;
  history(actor: Actor, type: string, id: string): Promise<readonly Stored[]>;
  /** All of one person's resources and those they point at. */
  everything(actor: Actor, patientId: string): Promise<readonly Stored[]>;
  commit(actor: Actor, changes: readonly Change[]): Promise<Committed>;
}

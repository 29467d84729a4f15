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
  /** The same as a text, where it came as one. */
  readonly text?: string | undefined;
}

/** The JSON of a version in the form that is at hand. Undefined: it is a deletion. */
export const jsonOf = (stored: Stored): string | Buffer | undefined => stored.text ?? stored.body;

/** The parsed resource of a stored version. Throws when the version is a deletion. */
export function resourceOf<T extends Resource = Resource>(stored: Stored): T {
  const json = jsonOf(stored);
  if (json === undefined)
    throw new Error(`${stored.type}/${stored.id} version ${stored.version} is a deletion`);
  return JSON.parse(json.toString()) as T; // validated when it was written
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
  | {
      readonly kind: 'update';
      readonly type: string;
      readonly id: string;
      readonly text: string;
      readonly ifMatch?: number;
    }
  | { readonly kind: 'update-where'; readonly type: string; readonly query: string; readonly text: string }
  | { readonly kind: 'delete'; readonly type: string; readonly id: string; readonly ifMatch?: number }
  | { readonly kind: 'delete-where'; readonly type: string; readonly query: string };

export interface Committed {
  /** One for each change, in the order given. */
  readonly results: readonly {
    readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleted' | 'found' | 'absent';
    /** The version that now stands; for a deletion its marker. Undefined where there was nothing to delete. */
    readonly stored?: Stored;
  }[];
}

export interface SearchOptions {
  /** `Prefer: handling`. Strict refuses parameters that are not known; lenient leaves them out and warns. Default strict. */
  readonly handling?: 'strict' | 'lenient';
  /** Only within this compartment: `{ type: 'Patient', id: '1' }`. */
  readonly compartment?: { readonly type: string; readonly id: string };
}

export interface HistoryOptions {
  /** Versions made at or after this time, ms since 1970 UTC. */
  readonly since?: number;
  /** The versions that were current at some moment in this range, ms since 1970 UTC (`_at`). */
  readonly at?: { readonly low: number; readonly high: number };
  readonly count?: number;
  readonly cursor?: string;
}

/** Newest first. `method` tells how each version came about. */
export interface HistoryPage {
  readonly versions: readonly (Stored & { readonly method: 'POST' | 'PUT' | 'DELETE' })[];
  readonly next?: string;
  /** All versions there are, for one resource's history. */
  readonly total?: number;
}

export interface EverythingOptions {
  /** Changed at or after this time, ms since 1970 UTC. */
  readonly since?: number;
  readonly types?: readonly string[];
  /** Care within these times, ms since 1970 UTC; resources without a date always pass. */
  readonly start?: number;
  readonly end?: number;
  readonly count?: number;
  readonly cursor?: string;
}

export interface BundleAnswer {
  /** A Bundle of type transaction-response or batch-response, as JSON. */
  readonly body: Buffer;
}

/**
 * The longitudinal record: one write path, and reads that are authorised and audited before the answer leaves.
 * Problems thrown: 400 bad input, 404 unknown, 410 deleted, 409 and 412 conflicts, 422 invalid resources, 503 and 507
 * where the store cannot serve now.
 */
export interface CareRecord {
  /** The current version; undefined where there never was one. Throws 410 where it was deleted. */
  read(actor: Actor, type: string, id: string): Promise<Stored | undefined>;
  /** One version, current or not; `body` is undefined for a deletion. */
  readVersion(actor: Actor, type: string, id: string, version: number): Promise<Stored | undefined>;
  /** `query` as in a URL: `patient=Patient/1&code=8480-6&_sort=-date`. `type` undefined: all types, or those of `_type`. */
  search(actor: Actor, type: string | undefined, query: string, options?: SearchOptions): Promise<Page>;
  /** Of one resource (type and id), one type, or everything. Undefined where the resource never was. */
  history(
    actor: Actor,
    type: string | undefined,
    id: string | undefined,
    options?: HistoryOptions,
  ): Promise<HistoryPage | undefined>;
  /** All of one person's resources, and the shared ones they point at. Undefined where there is no such patient. */
  everything(actor: Actor, patientId: string, options?: EverythingOptions): Promise<Page | undefined>;
  /** Stores all the changes, or none. */
  commit(actor: Actor, changes: readonly Change[]): Promise<Committed>;
  /** Runs a Bundle of type transaction (all or nothing) or batch (each entry by itself). */
  bundle(
    actor: Actor,
    text: string,
    options?: { readonly prefer?: 'minimal' | 'representation' | 'OperationOutcome' },
  ): Promise<BundleAnswer>;
}

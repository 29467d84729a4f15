/** What a room of pages is given by app.ts, and what it gives back. A room names those that it uses: `Pick<RoomNeeds, …>`. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Identity } from '../access/identity.ts';
import type { SecurityLog } from '../access/security-log.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { FileStore } from '../platform/files.ts';
import type { NewId } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import type { Actor } from '../record/actor.ts';
import type { CareRecord } from '../record/care-record.ts';
import type { Forms } from './forms/forms.ts';
import type { Live } from './live/live.ts';
import type { RecordChanges } from './live/record-changes.ts';
import type { Shell } from './shell.ts';
import type { Uploads } from './uploads/uploads.ts';

export interface RoomNeeds {
  readonly shell: Shell;
  readonly forms: Forms;
  readonly live: Live;
  readonly uploads: Uploads;
  /** Where what `uploads.take` answered is read from. */
  readonly files: FileStore;
  readonly record: CareRecord;
  /** Wakes what depends on writes to the record. */
  readonly changes: RecordChanges;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly database: Database;
  readonly jobs: Jobs;
  readonly log: Log;
  readonly securityLog: SecurityLog;
  /** Who asks. Throws 401 for strangers. */
  readonly actorOf: (request: FastifyRequest) => Actor;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** Who asks, able to see and write everything: for what the room has itself checked that they may. */
  readonly trustedActor: (request: FastifyRequest) => Actor;
  /** The server's own work outside requests. */
  readonly ownActor: Actor;
  /** Throws a Problem (401) where the person showed who they are too long ago. */
  readonly requireFresh: (request: FastifyRequest) => void;
  /** Ids of the Patients whose record someone may open as a person: their own first, then those they act for. */
  readonly patientsOf: (identity: Identity) => Promise<readonly string[]>;
  /** Tells a person, and those who act for them, of news that is no resource: kinds are those of services/notifications. */
  notify(news: {
    readonly person: string;
    readonly kind: string;
    readonly about: string;
    readonly urgency?: 'now' | 'soon';
  }): Promise<unknown>;
  /** Public address, without a slash at the end. */
  readonly baseUrl: string;
  /** Secrets of the deployment, newest first: for tokens that a room makes. */
  readonly secrets: readonly Uint8Array[];
  /** The synthetic region is here, and its people can be become. */
  readonly isDemonstration: boolean;
}

export interface Room {
  /** Adds its routes. */
  readonly register: (app: FastifyInstance) => void;
  /** Ends what it does by itself: before the database closes. */
  readonly close?: () => Promise<void>;
}

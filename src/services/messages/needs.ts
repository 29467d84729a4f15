import type { FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { Inbox } from './inbox.ts';
import type { IsHoliday } from './promise.ts';
import type { TeamSettingsStore } from './team-settings.ts';
import type { Writing } from './writing.ts';

/** Whether news of a message gets to someone: to an account that is told of it, to one that does not want to be told, or to none. */
export type Reach = 'told' | 'not-told' | 'nobody';

/** What words that someone typed may mean at once, by the safety rules. */
export interface MessagingNeeds extends RoomNeeds {
  readonly urgentWords: (
    text: string,
  ) =>
    | { readonly rule: string; readonly advice: string; readonly heading: string; readonly words: string }
    | undefined;
  /** Whether a day (`2026-12-25`) is one on which surgeries are closed. */
  readonly isHoliday: IsHoliday;
  readonly reachOf: (patient: string) => Promise<Reach>;
}

export interface MessageRoom extends MessagingNeeds {
  readonly inbox: Inbox;
  readonly settings: TeamSettingsStore;
  readonly writing: Writing;
}

export const filePurpose = 'message-file';
/** Characters of one message. */
export const longest = 4000;

/** A browser that fetches ahead has not opened anything. */
export const isFetchedAhead = ({ headers }: FastifyRequest): boolean =>
  /prefetch|prerender/i.test(`${headers['sec-purpose'] ?? ''} ${headers['purpose'] ?? ''}`);

/** Line ends as one kind, without characters that no one types and the record does not take. */
export const cleanWords = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replaceAll(/[\ufffe\uffff]|[^\P{Cc}\n\t]/gu, '')
    .trim();

export const notHere = () => problem('not-found', 'There is no such message here.');

/** What the pages of notifications share. */
import type { FastifyRequest } from 'fastify';
import type { Accounts } from '../../access/accounts/accounts.ts';
import type { Identity } from '../../access/identity.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { Forms } from '../../web/forms/forms.ts';
import type { Shell } from '../../web/shell.ts';
import { type Channel, channels } from './kinds.ts';
import type { Notifications } from './notifications.ts';

export interface NotificationPageNeeds {
  readonly shell: Shell;
  readonly forms: Forms;
  readonly clock: Clock;
  readonly database: Pick<Database, 'pool'>;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  readonly accounts: Pick<Accounts, 'findAccount'>;
  readonly notifications: Notifications;
  /** What is sent by no way out stays in the outbox, which has a page. */
  readonly isDemonstration: boolean;
}

/** The account whose notifications a page is about: a person’s own. Throws 401 for strangers and 403 for staff. */
export function accountOf(
  request: FastifyRequest,
  { identityOf }: Pick<NotificationPageNeeds, 'identityOf'>,
): string {
  const identity = identityOf(request);
  if (!identity) throw problem('login', 'Sign in to choose what you are told of.');
  if (identity.kind !== 'person')
    throw problem('forbidden', 'Notifications are for patients and those who act for them.');
  return identity.account;
}

/** The ways that people can choose here: those that go out, and all in a demonstration, which shows them in the outbox. */
export const offered = ({
  notifications,
  isDemonstration,
}: Pick<NotificationPageNeeds, 'notifications' | 'isDemonstration'>): readonly Channel[] =>
  channels.filter((channel) => isDemonstration || notifications.parts.senders[channel] !== undefined);

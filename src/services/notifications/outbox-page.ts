/** What a demonstration would have sent: to whom, by which way, and what became of it. */
import type { FastifyInstance } from 'fastify';
import { firstText, withQuery } from '../../web/addresses.ts';
import { formatMoment } from '../../web/dates.ts';
import { languages } from '../../web/words/languages.ts';
import type { Entry, OutboxState } from './outbox.ts';
import { accountOf, type NotificationPageNeeds } from './page-needs.ts';

const states: Readonly<Record<OutboxState, { readonly text: string; readonly colour: string }>> = {
  waiting: { text: 'Waiting', colour: 'blue' },
  sent: { text: 'Sent', colour: 'green' },
  delivered: { text: 'Delivered', colour: 'green' },
  failed: { text: 'Failed', colour: 'red' },
  dropped: { text: 'Not sent', colour: 'grey' },
  kept: { text: 'Would have been sent', colour: 'green' },
};
const ways = { push: 'Browser', email: 'Email', text: 'Text message' } as const;
const shown = 50;

/** `m…@example.org`, `…982`: enough to see where it went, not to write there. */
const masked = (address: string): string => {
  const at = address.lastIndexOf('@');
  if (at > 0) return `${address.slice(0, 1)}…${address.slice(at)}`;
  return address.startsWith('+') ? `…${address.slice(-3)}` : address;
};

const stateNote = ({ state, due, reason, attempts }: Entry, now: number): string => {
  if (state !== 'waiting') return reason ?? '';
  const waits = due > now ? `until ${formatMoment(due)}` : '';
  return [waits, attempts > 0 ? `tried ${attempts === 1 ? 'once' : `${attempts} times`}` : '']
    .filter(Boolean)
    .join(', ');
};

export function outboxPage(app: FastifyInstance, needs: NotificationPageNeeds): void {
  const { shell, clock, accounts, notifications } = needs;

  app.get('/outbox', async (request, reply) => {
    // Codes are in it: whoever reads it can be anyone of the demonstration anyway, but must be someone.
    if (needs.identityOf(request) === undefined) accountOf(request, needs);
    const query = request.query as Record<string, unknown>;
    const before = firstText(query['before']);
    const found = await notifications.parts.outbox.latest(shown + 1, before === '' ? undefined : before);
    const entries = found.slice(0, shown);
    const names = new Map<string, string>();
    for (const { account } of entries)
      if (!names.has(account)) names.set(account, (await accounts.findAccount(account))?.name ?? 'Someone');
    const last = entries.at(-1);
    const now = clock.now();
    return shell.renderPage(reply, 'notifications/outbox.njk', {
      title: 'Outbox',
      entries: entries.map((entry) => ({
        ...{ when: formatMoment(entry.created), name: names.get(entry.account) },
        ...{ subject: entry.subject, body: entry.body, language: languages[entry.language] },
        how: [ways[entry.channel], entry.address ? masked(entry.address) : ''].filter(Boolean).join(', '),
        ...{ state: states[entry.state], note: stateNote(entry, now) },
      })),
      next: found.length > shown && last ? withQuery(request, { before: last.id }) : undefined,
      first: before === '' ? undefined : withQuery(request, { before: undefined }),
    });
  });
}

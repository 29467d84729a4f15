/** The frame of this room's pages: the patient's app for those who signed in, the plain one for others. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { appFrame } from '../../web/app-frame.ts';
import type { HelpNeeds } from './needs.ts';
import type { Person, Visitor } from './visitors.ts';

export interface HelpPage {
  readonly title: string;
  readonly [name: string]: unknown;
}

export type ShowPage = (
  request: FastifyRequest,
  reply: FastifyReply,
  visitor: Visitor,
  person: Person | undefined,
  template: string,
  page: HelpPage,
) => FastifyReply;

export const helpPages =
  ({ shell, visitors }: Pick<HelpNeeds, 'shell' | 'visitors'>): ShowPage =>
  (request, reply, visitor, person, template, page) => {
    visitors.mark(request, reply);
    const { identity } = visitor;
    const inApp = identity?.kind === 'person';
    const own = inApp ? identity.patient : undefined;
    const shown =
      person ?? (own !== undefined && inApp ? { id: own, name: identity.name, own: true } : undefined);
    return shell.renderPage(reply, `get-help/${template}.njk`, {
      frame: inApp ? 'web/app.njk' : 'web/layout.njk',
      staff: visitor.staff,
      signedIn: identity !== undefined,
      person: person && { id: person.id, name: person.name, own: person.own },
      ...(inApp
        ? {
            app: appFrame({
              ...(shown ? { person: { id: shown.id, name: shown.name, own: shown.own } } : {}),
              ...{ tab: 'home', others: visitor.patients.length > 1 },
            }),
          }
        : {}),
      ...page,
    });
  };

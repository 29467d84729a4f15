/** Addresses of the practice's decisions: parse at the door, ask the access floor, answer with a page. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity, StaffIdentity } from '../../access/identity.ts';
import { endOfGrant, longestText, longestYears, type Proxies } from '../../access/proxies/proxies.ts';
import type { ProxyRequest } from '../../access/proxies/proxy.ts';
import { basisNames, proxyRelationship, scopeNames } from '../../access/proxies/relationships.ts';
import { ageRule } from '../../access/sight/age-rules.ts';
import type { Clock } from '../../platform/clock.ts';
import { Problem, problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { mainIdentifier } from '../../web/contacts.ts';
import { addDays, age, formatDate, formatMoment, lastDay, localMoment, startOfDay } from '../../web/dates.ts';
import { errorsForPage, formBody, formText } from '../../web/form-fields.ts';
import type { Forms } from '../../web/forms/forms.ts';
import { bannerName, chooseName } from '../../web/names.ts';
import type { Shell } from '../../web/shell.ts';
import { approvalForm } from './approval-form.ts';

export interface ProxyRequestsNeeds {
  readonly shell: Shell;
  readonly forms: Forms;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly proxies: Proxies;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** The one who asks, able to see and write everything, for what the product itself has checked. */
  readonly systemActor: (request: FastifyRequest) => Actor;
  /** Throws a Problem (401) where the person showed who they are too long ago. */
  readonly requireFresh: (request: FastifyRequest) => void;
}

type Asking = FastifyRequest<{ Params: { id: string } }>;

const done: Readonly<Record<string, string>> = {
  approved: 'You agreed to the request. It holds from now.',
  refused: 'You refused the request. The person who asked can see why.',
  ended: 'You ended it. They can no longer act for this person.',
};

const decidedAlready = (error: unknown): boolean => error instanceof Problem && error.status === 409;

export function proxyRequestsPages(app: FastifyInstance, needs: ProxyRequestsNeeds): void {
  const { shell, forms, record, clock, proxies, identityOf, systemActor, requireFresh } = needs;

  const deciderOf = (request: FastifyRequest): StaffIdentity => {
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to see who acts for your patients.');
    if (identity.kind !== 'staff')
      throw problem('forbidden', 'Only staff of a practice decide who acts for others.');
    return identity;
  };

  const patientOf = async (request: FastifyRequest, id: string | undefined): Promise<Patient | undefined> => {
    const stored = id === undefined ? undefined : await record.read(systemActor(request), 'Patient', id);
    return stored?.body ? resourceOf<Patient>(stored) : undefined;
  };

  /** A request with the person it is about, in words. */
  const shown = async (request: FastifyRequest, one: ProxyRequest) => {
    const patient = await patientOf(request, one.patient);
    const today = localMoment(clock.now());
    const until = endOfGrant(one);
    return {
      id: one.id,
      state: one.state,
      name: bannerName(chooseName(patient?.name, today.key)),
      born: `${formatDate(patient?.birthDate)} (${age(patient?.birthDate, today)})`,
      identifier: mainIdentifier(patient?.identifier),
      writtenName: one.personName,
      asker: one.askerName,
      relationship: proxyRelationship(one.relationship)?.name ?? '',
      evidence: one.evidence,
      scopes: one.scopes.map((scope) => scopeNames[scope]),
      asked: formatMoment(one.asked),
      basis: one.basis === undefined ? '' : basisNames[one.basis],
      checked: one.checked ?? '',
      decider: one.deciderName ?? '',
      decided: one.decided === undefined ? '' : formatMoment(one.decided),
      until: until === undefined ? '' : lastDay(until),
      over: until !== undefined && until <= clock.now(),
      ended: one.ended === undefined ? '' : formatMoment(one.ended),
      endedBy: one.endedBy ?? '',
      reason: one.reason ?? '',
    };
  };

  const readOne = async (request: Asking): Promise<ProxyRequest> =>
    proxies.read(deciderOf(request), request.params.id, systemActor(request));

  /** To the list; to the request itself where someone, or this form sent before, has decided already. */
  const afterwards = async (reply: FastifyReply, id: string, word: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (!decidedAlready(error)) throw error;
      return reply.redirect(`/proxy-requests/${id}?already=yes`, 303);
    }
    return reply.redirect(`/proxy-requests?done=${word}`, 303);
  };

  app.get<{ Querystring: Record<string, unknown> }>('/proxy-requests', async (request, reply) => {
    const all = await proxies.ofPractice(deciderOf(request), systemActor(request));
    const list = [];
    for (const one of all) list.push(await shown(request, one));
    return shell.renderPage(reply, 'proxy-requests/list.njk', {
      title: 'People who act for your patients',
      waiting: list.filter((one) => one.state === 'waiting'),
      standing: list.filter((one) => one.state === 'approved' && !one.over),
      over: list.filter((one) => one.state === 'approved' && one.over),
      done: done[formText(formBody(request.query), 'done')],
    });
  });

  app.get('/proxy-requests/:id', async (request: Asking, reply) =>
    shell.renderPage(reply, 'proxy-requests/request.njk', {
      title: 'Request to act for a patient',
      already: formText(formBody(request.query), 'already') === 'yes',
      one: await shown(request, await readOne(request)),
    }),
  );

  forms.add(app, '/proxy-requests/:id/approve', {
    about: (request) => {
      requireFresh(request);
      return readOne(request as Asking); // the path has an id
    },
    form: (one) => approvalForm(one, clock.now()),
    initial: ({ scopes }) => ({ scopes }),
    show: async (reply, { typed, errorPrefix, ...more }, one) => {
      const rule = ageRule(one.birthDate, clock.now());
      return shell.renderPage(reply, 'proxy-requests/approve.njk', {
        ...more,
        title: `${errorPrefix}Agree to the request`,
        one: await shown(reply.request, one),
        typed,
        rule: rule.text,
        source: rule.source,
        years: longestYears,
        scopes: one.scopes.map((scope) => ({
          value: scope,
          text: scopeNames[scope],
          checked: typed.scopes.includes(scope),
        })),
        bases: rule.bases.map((basis) => ({
          value: basis,
          text: basisNames[basis],
          checked: basis === typed.basis,
        })),
      });
    },
    act: async ({ until, ...values }, one, { request }) => {
      const approval = { ...values, until: startOfDay(addDays(until, 1)) };
      try {
        await proxies.approve(deciderOf(request), one.id, approval, systemActor(request));
      } catch (error) {
        if (decidedAlready(error)) return `/proxy-requests/${one.id}?already=yes`;
        throw error;
      }
      return '/proxy-requests?done=approved';
    },
  });

  /** Refusing and ending: the same page with other words. */
  const reasonPages = (
    action: 'refuse' | 'end',
    words: { readonly title: string; readonly label: string; readonly hint: string; readonly button: string },
  ) => {
    const path = `/proxy-requests/:id/${action}`;
    const page = async (request: Asking, reply: FastifyReply, reason: string, error: string) => {
      const errors = error === '' ? [] : [{ field: 'reason', text: error }];
      return shell.renderPage(reply.code(error === '' ? 200 : 422), 'proxy-requests/reason.njk', {
        ...words,
        title: `${error === '' ? '' : 'Error: '}${words.title}`,
        heading: words.title,
        action,
        one: await shown(request, await readOne(request)),
        reason,
        most: longestText,
        ...errorsForPage(errors),
      });
    };
    app.get(path, (request: Asking, reply) => {
      requireFresh(request);
      return page(request, reply, '', '');
    });
    app.post(path, async (request: Asking, reply) => {
      requireFresh(request);
      const reason = formText(formBody(request.body), 'reason');
      if (reason === '') return page(request, reply, reason, 'Enter why');
      if (reason.length > longestText)
        return page(request, reply, reason, `Why must be ${longestText} characters or fewer`);
      return afterwards(reply, request.params.id, action === 'refuse' ? 'refused' : 'ended', () =>
        proxies[action](deciderOf(request), request.params.id, reason, systemActor(request)),
      );
    });
  };
  reasonPages('refuse', {
    title: 'Refuse the request',
    label: 'Why do you refuse it?',
    hint: 'The person who asked will see this. Do not write anything about the patient’s health',
    button: 'Refuse the request',
  });
  reasonPages('end', {
    title: 'End this',
    label: 'Why does it end?',
    hint: 'The person who acts for the patient will see this. Do not write anything about the patient’s health',
    button: 'End it now',
  });
}

/** Addresses of emergency access: parse at the door, ask the access floor, go to the chart. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Emergencies, emergencyMinutes, wordsLength } from '../../access/emergency/emergencies.ts';
import { emergencyReason, emergencyReasons } from '../../access/emergency/reasons.ts';
import type { Identity, StaffIdentity } from '../../access/identity.ts';
import { mayDo } from '../../access/roles.ts';
import type { Clock } from '../../platform/clock.ts';
import type { NewId } from '../../platform/ids.ts';
import { Problem, problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { formatMoment, localMoment } from '../../web/dates.ts';
import { errorsForPage, type FieldError, formBody } from '../../web/form-fields.ts';
import { bannerName, chooseName } from '../../web/names.ts';
import type { Shell } from '../../web/shell.ts';
import { askOf, type Typed, typedOf } from './ask-form.ts';

export interface EmergencyAccessNeeds {
  readonly shell: Shell;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly emergencies: Emergencies;
  readonly actorOf: (request: FastifyRequest) => Actor;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** The one who asks, able to see and write everything, for what the product itself has checked. */
  readonly systemActor: (request: FastifyRequest) => Actor;
  /** Throws a Problem (401) where the person showed who they are too long ago. */
  readonly requireFresh: (request: FastifyRequest) => void;
}

const empty: Typed = {
  form: '',
  nhsNumber: '',
  born: { day: '', month: '', year: '' },
  reason: '',
  words: '',
};

export function emergencyAccessPages(app: FastifyInstance, needs: EmergencyAccessNeeds): void {
  const { shell, record, clock, newId, emergencies, actorOf, identityOf, systemActor, requireFresh } = needs;

  const clinicianOf = (request: FastifyRequest): StaffIdentity => {
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to ask for emergency access.');
    if (identity.kind !== 'staff' || !mayDo(identity.post.role, 'emergency-access'))
      throw problem('forbidden', 'Your role does not have emergency access.');
    return identity;
  };

  const form = (reply: FastifyReply, typed: Typed, errors: readonly FieldError[]) =>
    shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'emergency-access/ask.njk', {
      title: `${errors.length > 0 ? 'Error: ' : ''}Ask for emergency access`,
      typed,
      ...errorsForPage(errors),
      minutes: emergencyMinutes,
      mostWords: wordsLength.most,
      mostText: wordsLength.most.toLocaleString('en-GB'),
      reasons: emergencyReasons.map(({ code, text }) => ({
        value: code,
        text,
        checked: code === typed.reason,
      })),
    });

  /** The name, as long as this person may see it. */
  const nameOf = async (request: FastifyRequest, patient: string): Promise<string> => {
    try {
      const stored = await record.read(actorOf(request), 'Patient', patient);
      if (!stored?.body) return '';
      return bannerName(chooseName(resourceOf<Patient>(stored).name, localMoment(clock.now()).key));
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return '';
      throw error;
    }
  };

  app.get('/emergency-access', async (request, reply) => {
    const { account } = clinicianOf(request);
    const now = clock.now();
    const open = new Set((await emergencies.emergenciesOf(account, now)).map(({ id }) => id));
    const recent = [];
    for (const access of await emergencies.recentOf(account))
      recent.push({
        since: formatMoment(access.since),
        until: formatMoment(access.until),
        reason: emergencyReason(access.reason)?.text ?? '',
        open: open.has(access.id),
        reviewed: access.review !== undefined,
        ...(open.has(access.id)
          ? { patient: access.patient, name: await nameOf(request, access.patient) }
          : {}),
      });
    return shell.renderPage(reply, 'emergency-access/recent.njk', {
      title: 'Emergency access',
      recent,
      minutes: emergencyMinutes,
    });
  });

  app.get('/emergency-access/ask', (request, reply) => {
    clinicianOf(request);
    requireFresh(request);
    return form(reply, { ...empty, form: newId() }, []);
  });

  app.post('/emergency-access/ask', async (request, reply) => {
    const asker = clinicianOf(request);
    requireFresh(request);
    const typed = typedOf(formBody(request.body));
    const ask = askOf(typed, localMoment(clock.now()).key);
    if (!('nhsNumber' in ask)) return form(reply, typed, ask);
    const access = await emergencies.begin(asker, ask, systemActor(request));
    if (!access)
      return form(reply, typed, [
        { field: 'nhs-number', text: 'No one has this NHS number and date of birth. Check both' },
      ]);
    if (access.until <= clock.now())
      return form(reply, { ...typed, form: newId() }, [
        {
          field: 'reason',
          text: 'The time of this emergency access is over. Ask again if you still need it',
        },
      ]);
    return reply.redirect(`/people/${encodeURIComponent(access.patient)}`, 303);
  });
}

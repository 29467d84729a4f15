/** The page of a consultation: the record beside what is written, kept as it is typed, saved at once. */
import type {
  AllergyIntolerance,
  Appointment,
  CarePlan,
  Condition,
  Encounter,
  Location,
  MedicationRequest,
  MedicationStatement,
  Patient,
  Task,
} from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { StaffIdentity } from '../../access/identity.ts';
import { roleOf } from '../../access/roles.ts';
import { contactModeNames, contactModes, inputsOf, modesOf, taskKindOf } from '../../fhir/primary-care.ts';
import { idMadeOf } from '../../platform/ids.ts';
import { Problem, problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type Change, resourceOf } from '../../record/care-record.ts';
import { organisationKindSystem } from '../../record/consent-rules.ts';
import { firstText, idPattern } from '../../web/addresses.ts';
import { conceptText } from '../../web/coded.ts';
import { addressLines } from '../../web/contacts.ts';
import { formatDateTime, formatMoment, formatShortDate, localMoment } from '../../web/dates.ts';
import { dosageText } from '../../web/entry.ts';
import { type FormBody, formBody, formTexts } from '../../web/form-fields.ts';
import { chooseName, plainName } from '../../web/names.ts';
import { type PatientBanner, readPatientBanner } from '../../web/patient-banner.ts';
import { type Reading, readNow, searchUpTo } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { Concepts } from './concepts.ts';
import { type Party, resourcesOf } from './consultation.ts';
import { type ConsultationValues, consultationForm, longest, medicineRows } from './consultation-form.ts';
import type { Draft, Drafts } from './drafts.ts';
import { measureFields } from './measures.ts';
import { type NoteTemplate, noteTemplateOf, noteTemplates } from './note-templates.ts';
import { safetyNets } from './safety-net.ts';
import { orderableTests } from './tests-to-order.ts';

export interface ConsultationNeeds
  extends Pick<
    RoomNeeds,
    'shell' | 'forms' | 'record' | 'clock' | 'newId' | 'actorOf' | 'identityOf' | 'trustedActor' | 'ownActor'
  > {
  readonly drafts: Drafts;
  readonly concepts: Concepts;
}

interface Visit {
  readonly identity: StaffIdentity;
  readonly actor: Actor;
  readonly reading: Reading;
  readonly prescribes: boolean;
  readonly job: string;
}

interface About extends Visit {
  readonly draft: Draft;
  readonly patient: Patient;
  readonly name: string;
  readonly banner: PatientBanner;
  readonly allergies: readonly string[];
  readonly problems: readonly Condition[];
  readonly task: { readonly task: Task; readonly version: number } | undefined;
  readonly appointment: { readonly appointment: Appointment; readonly version: number } | undefined;
}

const optionOf = (value: string, text: string, chosen: string) => ({
  value,
  text,
  selected: value === chosen,
});

/** What a template puts where nothing is written yet. */
const filledBy = (template: NoteTemplate | undefined, typed: Readonly<Record<string, string>>) => ({
  history: typed['history'] || template?.history,
  examination: typed['examination'] || template?.examination,
  plan: typed['plan'] || template?.plan,
});

export function consultationPages(app: FastifyInstance, needs: ConsultationNeeds): void {
  const { shell, forms, record, clock, actorOf, identityOf, trustedActor, drafts, concepts } = needs;

  /** A clinician: someone whose role writes down visits. */
  const visitOf = (request: FastifyRequest): Visit => {
    const actor = actorOf(request);
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to write down a consultation.');
    const role = identity.kind === 'staff' ? roleOf(identity.post.role) : undefined;
    if (identity.kind !== 'staff' || !role?.writes.includes('visits') || !role.writes.includes('notes'))
      throw problem('forbidden', 'Consultations are written down by clinicians.');
    const prescribes = role.writes.includes('medicines');
    return { identity, actor, reading: { record, actor }, prescribes, job: role.name };
  };

  const versioned = async <T>(actor: Actor, type: string, id: string) => {
    const stored =
      id !== '' && idPattern.test(id) ? await record.read(actor, type, id).catch(() => undefined) : undefined;
    return stored?.body
      ? { resource: resourceOf(stored) as unknown as T, version: stored.version }
      : undefined;
  };

  const aboutOf = async (request: FastifyRequest): Promise<About> => {
    const visit = visitOf(request);
    const { id = '' } = request.params as { readonly id?: string }; // the path names it
    const draft = /^[0-9a-f-]{36}$/.test(id) ? await drafts.find(id, visit.identity.account) : undefined;
    if (!draft)
      throw problem('not-found', 'There is no such consultation of yours. It may be saved already.');
    const { reading, actor } = visit;
    // The read of whoever is not theirs is refused, and is in the audit log.
    const patient = await readNow<Patient>(reading, 'Patient', draft.person);
    if (!patient) throw problem('not-found', 'There is no person with this web address in the record.');
    const who = `patient=Patient/${draft.person}`;
    const [banner, allergies, problems, task, appointment] = await Promise.all([
      readPatientBanner(reading, patient, clock.now()),
      searchUpTo<AllergyIntolerance>(reading, 'AllergyIntolerance', who, 100),
      searchUpTo<Condition>(
        reading,
        'Condition',
        `${who}&clinical-status=active,recurrence,relapse&_sort=-recorded-date`,
        100,
      ),
      versioned<Task>(trustedActor(request), 'Task', draft.request),
      versioned<Appointment>(actor, 'Appointment', draft.appointment),
    ]);
    return {
      ...{ ...visit, draft, patient, banner, problems: problems.resources },
      name: plainName(chooseName(patient.name, localMoment(clock.now()).key)),
      allergies: allergies.resources.map(({ code }) => conceptText(code)).filter(Boolean),
      task: task ? { task: task.resource, version: task.version } : undefined,
      appointment: appointment
        ? { appointment: appointment.resource, version: appointment.version }
        : undefined,
    };
  };

  /** The team’s queue holds requests to it: others’ are not theirs to close. */
  const requestOf = async (request: FastifyRequest, visit: Visit, id: string): Promise<Task | undefined> => {
    if (id === '') return undefined;
    const found = await versioned<Task>(trustedActor(request), 'Task', id);
    const owner = found?.resource.owner?.reference;
    if (
      !found ||
      taskKindOf(found.resource) === undefined ||
      !visit.identity.post.parties.includes(owner ?? '')
    ) {
      await record.read(visit.actor, 'Task', id).catch(() => undefined); // the try is in the log
      throw problem('not-found', 'There is no such request in the queue of your team.');
    }
    return found.resource;
  };

  app.get<{ Querystring: Record<string, unknown> }>('/consultations', async (request, reply) => {
    const visit = visitOf(request);
    const mine = await drafts.ofAccount(visit.identity.account);
    const rows = await Promise.all(
      mine.map(async ({ id, person, saved }) => {
        const patient = await readNow<Patient>(visit.reading, 'Patient', person);
        if (!patient) return undefined;
        const name = plainName(chooseName(patient.name, localMoment(clock.now()).key));
        return { href: `/consultations/${id}`, name, saved: formatMoment(saved) };
      }),
    );
    return shell.renderPage(reply, 'consultations/list.njk', {
      ...{ title: 'Consultations', rows: rows.filter((one) => one !== undefined) },
      saved: firstText(request.query['done']) === 'saved',
      encounter: firstText(request.query['encounter']),
      person: firstText(request.query['person']),
    });
  });

  app.get<{ Querystring: Record<string, unknown> }>('/consultations/new', async (request, reply) => {
    const visit = visitOf(request);
    const [requestId, appointmentId] = [
      firstText(request.query['request']),
      firstText(request.query['appointment']),
    ];
    const task = await requestOf(request, visit, requestId);
    const appointment = await versioned<Appointment>(visit.actor, 'Appointment', appointmentId);
    if (appointmentId !== '' && !appointment)
      throw problem('not-found', 'There is no such appointment of yours.');
    const booked = appointment?.resource.participant
      .map(({ actor }) => actor?.reference ?? '')
      .find((reference) => reference.startsWith('Patient/'));
    const person =
      (task?.for?.reference ?? booked ?? '').replace(/^Patient\//, '') || firstText(request.query['person']);
    if (person === '')
      throw problem('business-rule', 'Nobody has said whose request this is. Match it to a record first.');
    if (!idPattern.test(person) || !(await readNow<Patient>(visit.reading, 'Patient', person)))
      throw problem('not-found', 'There is no person with this web address in the record.');
    const id = await drafts.begin({
      ...{ account: visit.identity.account, person, request: requestId, appointment: appointmentId },
    });
    return reply.redirect(`/consultations/${id}`, 303);
  });

  app.get<{ Querystring: Record<string, unknown> }>('/consultations/codes', async (request, reply) => {
    visitOf(request);
    const found = await concepts.find(firstText(request.query['q']));
    return reply
      .header('cache-control', 'private, max-age=300')
      .send(found.map(({ system, code, display }) => ({ value: `${system}|${code}`, display })));
  });

  const chosenConcept = (text: string) => {
    const [system, code] = text.split('|');
    return system && code ? concepts.get(system, code) : undefined;
  };

  const organisationsOf = async (reading: Reading): Promise<readonly Party[]> => {
    const kinds = ['hospital', 'community', 'mental-health', 'social-care'].map(
      (kind) => `${organisationKindSystem}|${kind}`,
    );
    const { matches } = await record.search(
      reading.actor,
      'Organization',
      `type=${encodeURIComponent(kinds.join(','))}&_sort=name&_count=200`,
    );
    return matches.flatMap((one) =>
      one.body
        ? [
            {
              reference: `Organization/${one.id}`,
              name: resourceOf<{ name?: string } & never>(one)['name'] ?? one.id,
            },
          ]
        : [],
    );
  };

  /** The record beside the form: what must be known while writing. */
  const besideOf = async ({ reading, draft, problems, task }: About) => {
    const who = `patient=Patient/${draft.person}`;
    const [medicines, own, contacts, words] = await Promise.all([
      searchUpTo<MedicationRequest>(reading, 'MedicationRequest', `${who}&status=active,draft`, 50),
      searchUpTo<MedicationStatement>(reading, 'MedicationStatement', `${who}&status=active`, 20),
      record.search(reading.actor, 'Encounter', `${who}&_sort=-date&_count=6`),
      task?.task.focus?.reference
        ? readNow(reading, 'QuestionnaireResponse', task.task.focus.reference.replace(/^\w+\//, ''))
        : undefined,
    ]);
    return {
      problems: problems.map(({ id, code }) => ({
        text: conceptText(code),
        href: `/people/${draft.person}/items/Condition/${id}`,
      })),
      medicines: [
        ...medicines.resources.map((one) => ({
          text:
            conceptText(one.medicationCodeableConcept) || (one.medicationReference?.display ?? 'Medicine'),
          note: [one.status === 'draft' ? 'draft' : '', dosageText(one.dosageInstruction)]
            .filter(Boolean)
            .join(', '),
        })),
        ...own.resources.map((one) => ({
          text: conceptText(one.medicationCodeableConcept) || 'Medicine',
          note: 'as they told',
        })),
      ],
      contacts: contacts.matches.flatMap((one) => {
        if (!one.body) return [];
        const visit = resourceOf<Encounter>(one);
        return [
          {
            text: conceptText(visit.reasonCode?.[0]) || conceptText(visit.type?.[0]) || 'Visit',
            note: formatShortDate(visit.period?.start),
            href: `/people/${draft.person}/items/Encounter/${one.id}`,
          },
        ];
      }),
      asked: task ? (task.task.description ?? task.task.code?.text ?? '') : '',
      hasWords: words !== undefined,
    };
  };

  forms.add(app, '/consultations/:id', {
    about: aboutOf,
    form: ({ allergies, task }) => consultationForm({ allergies, hasRequest: task !== undefined }),
    initial: (about) => {
      const { draft, task, appointment, allergies } = about;
      const form = consultationForm({ allergies, hasRequest: task !== undefined });
      if (draft.typed) return form.typedOf(draft.typed);
      const mode =
        (appointment ? modesOf(appointment.appointment)[0] : undefined) ??
        contactModes.find((one) => one === inputsOf(task?.task ?? {}, 'mode')[0]?.valueCode) ??
        '';
      return { mode, keep: ['yes'], next: 'close' };
    },
    show: async (reply: FastifyReply, { typed, errorPrefix, ...shown }, about) => {
      const { draft, name, banner, problems, prescribes, allergies } = about;
      if (draft.finished) throw problem('not-found', 'This consultation is saved. It is in the record.');
      const asked = String((typed as Readonly<Record<string, unknown>>)['problem'] ?? '');
      const text = typed as unknown as Readonly<Record<string, string>>; // each field by its name
      const [beside, services, found, chosen] = await Promise.all([
        besideOf(about),
        organisationsOf(about.reading),
        text['code'] === '' ? concepts.find(asked) : [],
        chosenConcept(text['code'] ?? ''),
      ]);
      return shell.renderPage(reply, 'consultations/consultation.njk', {
        ...{
          ...shown,
          typed,
          longest,
          title: `${errorPrefix}Consultation`,
          titleOf: name,
          person: banner,
          name,
        },
        ...{ beside, prescribes, allergies, id: draft.id, requestId: draft.request },
        begun: formatMoment(draft.begun),
        kept: draft.typed ? formatMoment(draft.saved) : '',
        modes: contactModes.map((value) => ({
          ...{ value, text: contactModeNames[value], checked: text['mode'] === value },
        })),
        known: [
          optionOf('', 'A new problem', text['known'] ?? ''),
          ...problems.map(({ id = '', code }) => optionOf(id, conceptText(code), text['known'] ?? '')),
        ],
        chosen: chosen ? { value: text['code'], text: chosen.display } : undefined,
        codes: found.map(({ system, code, display }) => ({ value: `${system}|${code}`, text: display })),
        measures: measureFields.map(({ key, label, unit }) => ({ key, label, unit, value: text[key] ?? '' })),
        rows: medicineRows.map((row) => ({
          row,
          ...{ medicine: text[`medicine${row}`], dose: text[`dose${row}`], quantity: text[`quantity${row}`] },
        })),
        tests: orderableTests.map(({ key, name: label }) => ({
          value: key,
          text: label,
          checked: (typed as unknown as { readonly tests: readonly string[] }).tests.includes(key), // its field
        })),
        services: [
          optionOf('', 'Nobody', text['referTo'] ?? ''),
          ...services.map(({ reference, name: label }) => optionOf(reference, label, text['referTo'] ?? '')),
        ],
        nets: safetyNets,
        notes: noteTemplates,
        note: filledBy(noteTemplateOf(firstText(formBody(reply.request.query)['template'])), text),
        hasRequest: about.task !== undefined,
      });
    },
    act: async (given, about, { key, request }) => {
      if (about.draft.finished)
        throw problem('conflict', 'This consultation is saved already. It is in the record.');
      const values = given as unknown as ConsultationValues; // the form’s own
      const { patient, name, identity, job, prescribes, draft, problems, task, appointment, reading } = about;
      if (!prescribes && medicineRows.some((row) => values[`medicine${row}`] !== ''))
        return [{ field: 'medicine-1', text: 'Your role does not prescribe. Ask someone who does' }];
      const known = problems.find(({ id }) => id === values.known);
      if (values.known !== '' && !known) return [{ field: 'known', text: 'Select a problem of the list' }];
      const services = values.referTo === '' ? [] : await organisationsOf(reading);
      const referTo = services.find(({ reference }) => reference === values.referTo);
      if (values.referTo !== '' && !referTo) return [{ field: 'refer-to', text: 'Select one of the list' }];
      const organisation = identity.post.organisation;
      const team = await readNow<{ resourceType: 'Organization'; name?: string }>(
        { record, actor: needs.ownActor },
        'Organization',
        organisation.replace(/^Organization\//, ''),
      );
      const place = await record.search(
        reading.actor,
        'Location',
        `organization=${organisation}&_count=1&_sort=_id`,
      );
      const address = place.matches[0]?.body ? resourceOf<Location>(place.matches[0]).address : undefined;
      const plans =
        values.care === ''
          ? []
          : (
              await record.search(
                reading.actor,
                'CarePlan',
                `patient=Patient/${draft.person}&status=active&_sort=-date&_count=1`,
              )
            ).matches;
      const [plan] = plans;
      const concept = await chosenConcept(values.code);
      const written = resourcesOf(values, {
        idOf: (what) => idMadeOf(key, what),
        ...{ patient, patientName: name, job, begun: draft.begun, now: clock.now(), concept, known, referTo },
        by: { reference: identity.user, name: identity.name },
        team: { reference: organisation, name: team?.name ?? organisation },
        address: addressLines(address).join('\n'),
        carePlan: plan?.body ? resourceOf<CarePlan>(plan) : undefined,
        ...{ task: task?.task, appointment: appointment?.appointment },
      });
      const versions = new Map<string, number>([
        ...(task ? [[`Task/${task.task.id}`, task.version] as const] : []),
        ...(appointment ? [[`Appointment/${appointment.appointment.id}`, appointment.version] as const] : []),
        ...(plan ? [[`CarePlan/${plan.id}`, plan.version] as const] : []),
      ]);
      const changes = written.resources.map((resource): Change => {
        const version = versions.get(`${resource.resourceType}/${resource.id}`);
        return {
          ...{
            kind: 'update',
            type: resource.resourceType,
            id: resource.id ?? '',
            text: JSON.stringify(resource),
          },
          ...(version === undefined ? {} : { ifMatch: version }),
        };
      });
      try {
        await record.commit(trustedActor(request), changes);
      } catch (error) {
        if (error instanceof Problem && error.status === 412)
          return [
            {
              field: 'history',
              text: 'The request, appointment or care plan was changed meanwhile. Nothing is lost: save again',
            },
          ];
        throw error;
      }
      await drafts.finish(draft.id, identity.account);
      return `/consultations?done=saved&person=${draft.person}&encounter=${written.encounter}`;
    },
  });

  /** What is typed so far, every few seconds with script, by a button without. */
  app.post('/consultations/:id/draft', async (request, reply) => {
    const visit = visitOf(request);
    const { id = '' } = request.params as { readonly id?: string }; // the path names it
    if (!/^[0-9a-f-]{36}$/.test(id)) throw problem('not-found', 'There is no such consultation of yours.');
    const body = formBody(request.body);
    const typed: FormBody = Object.fromEntries(
      Object.keys(body)
        .filter((name) => name !== 'form' && name !== 'form-for')
        .map((name) => {
          const all = formTexts(body, name);
          return [name, all.length === 1 ? all[0] : all];
        }),
    );
    const isKept = await drafts.keep(id, visit.identity.account, typed);
    if (!isKept)
      throw problem('not-found', 'This consultation is saved already, or too long to keep as a draft.');
    if (/\btext\/html\b/.test(request.headers.accept ?? ''))
      return reply.redirect(`/consultations/${id}`, 303);
    return reply.send({ kept: formatDateTime(new Date(clock.now()).toISOString()) });
  });

  app.post('/consultations/:id/throw-away', async (request, reply) => {
    const visit = visitOf(request);
    const { id = '' } = request.params as { readonly id?: string }; // the path names it
    if (/^[0-9a-f-]{36}$/.test(id)) await drafts.forget(id, visit.identity.account);
    return reply.redirect('/consultations', 303);
  });
}

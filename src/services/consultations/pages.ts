/** The page of a consultation: the record beside what is written, kept as it is typed, saved at once. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { contactModeNames, contactModes, inputsOf, modesOf } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import { firstText, idPattern } from '../../web/addresses.ts';
import { conceptText } from '../../web/coded.ts';
import { formatDateTime, formatMoment, localMoment } from '../../web/dates.ts';
import { type FormBody, formBody, formTexts } from '../../web/form-fields.ts';
import { chooseName, plainName } from '../../web/names.ts';
import { readNow } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { Concept, Concepts } from './concepts.ts';
import { consultationForm, longest, medicineRows } from './consultation-form.ts';
import type { Drafts } from './drafts.ts';
import { measureFields } from './measures.ts';
import { type NoteTemplate, noteTemplateOf, noteTemplates } from './note-templates.ts';
import { besideOf, organisationsOf } from './record-beside.ts';
import { safetyNets } from './safety-net.ts';
import { saveConsultation, savedAs } from './save.ts';
import { orderableTests } from './tests-to-order.ts';
import { openVisits } from './visit.ts';

/** Holds a request while it is answered here; answers who else has it open, by name. */
export type HoldRequest = (
  task: string,
  who: { readonly account: string; readonly name: string },
) => Promise<string | undefined>;

export interface ConsultationNeeds
  extends Pick<
    RoomNeeds,
    'shell' | 'forms' | 'record' | 'clock' | 'newId' | 'actorOf' | 'identityOf' | 'trustedActor' | 'ownActor'
  > {
  readonly drafts: Drafts;
  readonly holdRequest: HoldRequest;
  readonly concepts: Concepts;
}

/** To choose from without script: what fits the words, what was chosen, or none. */
function codeChoices(found: readonly Concept[], chosen: Concept | undefined) {
  const isChosen = ({ system, code }: Concept) => system === chosen?.system && code === chosen.code;
  const all = [...(chosen ? [chosen] : []), ...found.filter((one) => !isChosen(one))];
  if (all.length === 0) return [];
  return [
    ...all.map((one) => ({
      ...{ value: `${one.system}|${one.code}`, text: one.display, checked: isChosen(one) },
    })),
    { value: '', text: 'No code', checked: !chosen },
  ];
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

/** Of what was saved, for the links to it. */
const idsIn = (query: Record<string, unknown>) => {
  const [person, encounter] = [firstText(query['person']), firstText(query['encounter'])];
  return idPattern.test(person) && idPattern.test(encounter) ? { person, encounter } : {};
};

export function consultationPages(app: FastifyInstance, needs: ConsultationNeeds): void {
  const { shell, forms, record, clock, drafts, concepts, holdRequest } = needs;
  const visits = openVisits(needs);

  app.get<{ Querystring: Record<string, unknown> }>('/consultations', async (request, reply) => {
    const visit = visits.of(request);
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
      ...idsIn(request.query),
    });
  });

  app.get<{ Querystring: Record<string, unknown> }>('/consultations/new', async (request, reply) => {
    const visit = visits.of(request);
    const [requestId, appointmentId] = [
      firstText(request.query['request']),
      firstText(request.query['appointment']),
    ];
    const task = await visits.requestOf(request, visit, requestId);
    const appointment = await visits.appointmentOf(visit, appointmentId);
    const booked = appointment?.participant
      .map(({ actor }) => actor?.reference ?? '')
      .find((reference) => reference.startsWith('Patient/'));
    const person =
      (task?.for?.reference ?? booked ?? '').replace(/^Patient\//, '') || firstText(request.query['person']);
    if (task?.for?.reference && booked && task.for.reference !== booked)
      throw problem(
        'business-rule',
        'The request and the appointment are of two people. Begin from one of them.',
      );
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
    visits.of(request);
    const found = await concepts.find(firstText(request.query['q']));
    return reply
      .header('cache-control', 'private, max-age=300')
      .send(found.map(({ system, code, display }) => ({ value: `${system}|${code}`, display })));
  });

  const chosenConcept = (text: string) => {
    const [system, code] = text.split('|');
    return system && code ? concepts.get(system, code) : undefined;
  };

  forms.add(app, '/consultations/:id', {
    about: visits.about,
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
      const { draft, name, banner, problems, prescribes, certifies, allergies } = about;
      if (await savedAs(needs, about))
        throw problem('not-found', 'This consultation is saved. It is in the record.');
      const asked = String((typed as Readonly<Record<string, unknown>>)['problem'] ?? '');
      const text = typed as unknown as Readonly<Record<string, string>>; // each field by its name
      const [beside, services, found, chosen] = await Promise.all([
        besideOf(record, about),
        organisationsOf(about.reading),
        concepts.find(asked),
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
        ...{ beside, prescribes, certifies, allergies, id: draft.id, requestId: draft.request },
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
        codes: codeChoices(found, chosen),
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
        holder: about.task ? await holdRequest(draft.request, about.identity) : undefined,
        nets: safetyNets,
        notes: noteTemplates,
        note: filledBy(noteTemplateOf(firstText(formBody(reply.request.query)['template'])), text),
        hasRequest: about.task !== undefined,
      });
    },
    act: (given, about, { request }) => saveConsultation(needs, request, given, about, chosenConcept),
  });

  /** What is typed so far, every few seconds with script, by a button without. */
  app.post('/consultations/:id/draft', async (request, reply) => {
    const visit = visits.of(request);
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
    const draft = await drafts.find(id, visit.identity.account);
    if (draft && draft.request !== '') await holdRequest(draft.request, visit.identity);
    if (/\btext\/html\b/.test(request.headers.accept ?? ''))
      return reply.redirect(`/consultations/${id}`, 303);
    return reply.send({ kept: formatDateTime(new Date(clock.now()).toISOString()) });
  });

  app.post('/consultations/:id/throw-away', async (request, reply) => {
    const visit = visits.of(request);
    const { id = '' } = request.params as { readonly id?: string }; // the path names it
    if (/^[0-9a-f-]{36}$/.test(id)) await drafts.forget(id, visit.identity.account);
    return reply.redirect('/consultations', 303);
  });
}

/** A page for each deed: its form, what is checked at the door, and the deed itself. */
import type { Binary, QuestionnaireResponse, Task } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import {
  type ContactMode,
  contactModeNames,
  contactModes,
  inputsOf,
  stageOf,
  taskKindOf,
  type Urgency,
  urgencies,
  urgencyNames,
} from '../../fhir/primary-care.ts';
import { idMadeOf } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';
import { resourceOf } from '../../record/care-record.ts';
import { organisationKindSystem } from '../../record/consent-rules.ts';
import { localMoment } from '../../web/dates.ts';
import type { FieldError } from '../../web/form-fields.ts';
import {
  defineForm,
  type Fields,
  type Form,
  type TypedOf,
  type ValuesOf,
} from '../../web/forms/define-form.ts';
import { choicesField, dateField, judgedField, requiredText, textField } from '../../web/forms/fields.ts';
import { nhsNumberIn } from '../../web/person-fields.ts';
import { readNow } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { LineCarriesAt } from '../../web/site-line.ts';
import type { DeedStore } from './deed-store.ts';
import {
  askForMore,
  assign,
  type Closing,
  close,
  closings,
  type Deed,
  type Doing,
  ended,
  letBook,
  match,
  passOn,
  reopen,
  reply as replyTo,
  setUrgency,
} from './deeds.ts';
import type { Locks } from './locks.ts';
import { photosOf } from './photos.ts';
import { frameOf, isOver } from './request-pages.ts';
import { colleaguesOf, organisationsOf, siteOf } from './request-parts.ts';
import { dueAfter, isUrgency, type TeamSettingsStore } from './team-settings.ts';
import { filledIn, gapsIn, usualTemplates } from './templates.ts';
import { mayAnswer, nameOf, type RequestVisit, type Visits } from './visit.ts';

export interface DeedPageNeeds extends Pick<RoomNeeds, 'shell' | 'forms' | 'record' | 'newId'> {
  readonly visits: Visits;
  readonly locks: Locks;
  readonly deeds: DeedStore;
  readonly settings: TeamSettingsStore;
  readonly lineCarries: LineCarriesAt;
}

const longest = 4000;
const versionField = () =>
  textField(
    'version',
    z
      .string()
      .regex(/^\d{1,9}$/, 'Open the request again')
      .transform(Number),
  );
const words = (missing: string, what: string) => requiredText('words', { missing, what, most: longest });
const note = () => textField('note', z.string().max(longest, `Note must be ${longest} characters or fewer`));

interface DeedPage<F extends Fields> {
  readonly path: string;
  readonly title: string;
  /** Answers about health are a clinician’s. */
  readonly answers?: boolean;
  /** It can be done to what is closed, and only to that. */
  readonly whenOver?: boolean;
  /** It needs a record to write to. */
  readonly matched?: boolean;
  readonly form: (visit: RequestVisit) => Form<F>;
  readonly initial?: (visit: RequestVisit) => Partial<TypedOf<F>>;
  readonly extra?: (
    visit: RequestVisit,
    request: FastifyRequest,
    typed: TypedOf<F>,
  ) => Promise<Record<string, unknown>>;
  readonly deed: (
    doing: Doing,
    values: ValuesOf<F>,
    visit: RequestVisit,
  ) => Promise<Deed | readonly FieldError[]>;
}

export function deedPages(app: FastifyInstance, needs: DeedPageNeeds): void {
  const { shell, forms, record, newId, visits, locks, deeds, settings, lineCarries } = needs;

  const heldBy = async (visit: RequestVisit): Promise<string | undefined> => {
    const { identity, task } = visit;
    const taker = { account: identity.account, name: identity.name, page: newId() };
    const holder = await locks.take(task.id ?? '', taker);
    return holder.account === identity.account ? undefined : holder.name;
  };

  const refuseWrongState = (visit: RequestVisit, whenOver: boolean | undefined): void => {
    if (isOver(visit) === (whenOver === true)) return;
    throw problem(
      'conflict',
      whenOver ? 'This request is open.' : 'This request is closed. Open it again first.',
    );
  };

  /** What the person was asked for, and need not do any more: with the request it ends. */
  const stillAsked = async ({ trusted, task }: RequestVisit): Promise<readonly Task[]> => {
    const asked = await record.search(
      trusted,
      'Task',
      `based-on=Task/${task.id}&status=requested,received,accepted&_count=50`,
    );
    return asked.matches.flatMap((one) => {
      if (!one.body) return [];
      const ask = resourceOf<Task>(one);
      const kind = taskKindOf(ask);
      return kind === 'answer' || kind === 'book' ? [ended(ask)] : [];
    });
  };

  const add = <F extends Fields>(page: DeedPage<F>): void => {
    forms.add(app, `/triage/:task/${page.path}`, {
      about: async (request) => {
        const visit = await visits.ofRequest(request);
        if (page.answers && !mayAnswer(visit))
          throw problem(
            'forbidden',
            'Answers about health are given by a clinician. Give the request to one.',
          );
        if (page.matched && visit.task.for === undefined)
          throw problem(
            'business-rule',
            'Nobody has said whose request this is. Match it to a record first.',
          );
        const holder = page.whenOver ? undefined : await heldBy(visit);
        if (holder !== undefined)
          throw problem(
            'lock-error',
            `${holder} has this request open. Go back to it and choose “Take over” if they have left it.`,
            { status: 409 },
          );
        return visit;
      },
      form: (visit) => page.form(visit),
      initial: (visit) =>
        ({ version: String(visit.version), ...page.initial?.(visit) }) as unknown as Partial<TypedOf<F>>, // each form has the field
      show: async (reply: FastifyReply, shown, visit) => {
        refuseWrongState(visit, page.whenOver);
        return shell.renderPage(reply, `triage/${page.path}.njk`, {
          ...shown,
          title: `${shown.errorPrefix}${page.title}`,
          heading: page.title,
          titleOf: nameOf(visit.patient, visit.now) || undefined,
          one: frameOf(visit),
          version: visit.version,
          longest,
          ...(await page.extra?.(visit, reply.request, shown.typed)),
        });
      },
      act: async (values, visit, sent) => {
        const { account, name } = visit.identity;
        const { id = '' } = visit.task;
        // Of this form about this request by this person: a key that was taken from another page makes nothing of theirs.
        const key = idMadeOf(sent.key, `${page.path} of ${id} by ${account}`);
        const onward = `/triage/${id}?done=${page.path}`;
        if (await deeds.isDone(visit.trusted, key)) return onward;
        refuseWrongState(visit, page.whenOver);
        const { version } = values as unknown as { readonly version: number }; // each form has the field
        const doing: Doing = {
          ...{ task: visit.task, by: visit.by, now: visit.now, key },
          team: visit.isTheirs ? { reference: visit.ownTeam, name: visit.team.name } : visit.team,
        };
        const deed = await page.deed(doing, values, visit);
        if (!('told' in deed)) return deed;
        const ended = stageOf(deed.task) === 'closed' ? await stillAsked(visit) : [];
        const whole = { ...deed, made: [...deed.made, ...ended] };
        await deeds.perform(visit.trusted, whole, { key, version, account, name });
        return onward;
      },
    });
  };

  const knownFields = ({ patient, team, by, task, now }: RequestVisit) => ({
    name: nameOf(patient, now),
    practice: team.name,
    writer: by.name,
    topic: (task.description || task.code?.text || 'your request').toLowerCase(),
  });
  const noGaps = (text: string): readonly FieldError[] => {
    const [gap] = gapsIn(text);
    return gap === undefined ? [] : [{ field: 'words', text: `Fill in or take out “${gap}” in brackets` }];
  };
  const templatesOf = async (visit: RequestVisit, request: FastifyRequest) => {
    const all = [...usualTemplates, ...(await settings.templates(visit.team.reference))];
    const { template = '' } = request.query as { readonly template?: string }; // one of the links, or anything
    const chosen = all.find(({ id }) => id === template);
    return {
      templates: all.map(({ id, name }) => ({ id, name, chosen: id === template })),
      ...(chosen ? { filled: filledIn(chosen.words, knownFields(visit)) } : {}),
    };
  };

  add({
    ...{ path: 'reply', title: 'Reply by message', answers: true, matched: true },
    form: () =>
      defineForm({
        fields: {
          version: versionField(),
          words: words('Write your message', 'Message'),
          after: textField('after', z.enum(['close', 'wait', 'keep'], 'Select what happens next')),
        },
        check: ({ words: text }) => noGaps(text),
      }),
    extra: (visit, request) => templatesOf(visit, request),
    deed: async (doing, { words: text, after }) => replyTo(doing, text, after),
  });

  add({
    ...{ path: 'ask', title: 'Ask for more', answers: true, matched: true },
    form: () =>
      defineForm({
        fields: { version: versionField(), words: words('Write what you would like to know', 'Question') },
        check: ({ words: text }) => noGaps(text),
      }),
    deed: async (doing, { words: text }) => askForMore(doing, text),
  });

  const chosenModes = choicesField(
    'mode',
    z
      .array(z.string())
      .transform((sent) => contactModes.filter((mode) => sent.includes(mode)))
      .refine((modes) => modes.length > 0, 'Select one or more ways to meet'),
  );
  const lengths = [10, 15, 20, 30, 45, 60];
  add({
    ...{ path: 'book', title: 'Book', matched: true },
    form: ({ now }) =>
      defineForm({
        fields: {
          version: versionField(),
          mode: chosenModes,
          minutes: textField(
            'minutes',
            z
              .string()
              .transform(Number)
              .refine((n) => lengths.includes(n), 'Select how long it takes'),
          ),
          until: dateField('until', 'Last day', (day) =>
            day < localMoment(now).key
              ? { field: 'until-day', text: 'Last day must be today or later' }
              : undefined,
          ),
          clinician: textField('clinician', z.string()),
          words: words('Write what the patient should know', 'Message'),
        },
      }),
    initial: (visit) => ({
      minutes: '10',
      mode: inputsOf(visit.task, 'mode').map(({ valueCode = '' }) => valueCode),
      clinician: inputsOf(visit.task, 'clinician')[0]?.valueReference?.reference ?? '',
      words: `Hello ${nameOf(visit.patient, visit.now)}\n\nChoose a time that suits you for an appointment about ${knownFields(visit).topic}.\n\n${visit.by.name}, ${visit.team.name}`,
    }),
    extra: async (visit, _request, typed) => {
      const [colleagues, site] = await Promise.all([
        colleaguesOf(record, visit.actor, visit.ownTeam),
        siteOf(record, visit.actor, visit.ownTeam).then((at) => lineCarries(at, visit.now)),
      ]);
      const asked = inputsOf(visit.task, 'mode').map(({ valueCode = '' }) => valueCode);
      const lineWords = (mode: ContactMode): string => {
        if (mode === 'video' && site.video !== 'yes')
          return site.video === 'unknown'
            ? 'The practice’s line has not been measured: have the phone ready'
            : `The practice’s line ${site.video === 'no' ? 'does not carry' : 'hardly carries'} video${site.because ? `: ${site.because}` : ''}`;
        return '';
      };
      return {
        line: site,
        lengths: lengths.map((n) => ({
          value: String(n),
          text: `${n} minutes`,
          checked: typed.minutes === String(n),
        })),
        modes: contactModes
          .filter((mode) => mode !== 'message')
          .map((mode) => ({
            value: mode,
            text: contactModeNames[mode],
            hint: [asked.includes(mode) ? 'They asked for it' : '', lineWords(mode)]
              .filter(Boolean)
              .join('. '),
            checked: typed.mode.includes(mode) && !(mode === 'video' && site.video === 'no'),
            disabled: mode === 'video' && site.video === 'no',
          })),
        colleagues: [
          { value: '', text: 'Anyone who can help' },
          ...colleagues.map(({ reference, name, job }) => ({
            ...{ value: reference, text: [name, job].filter(Boolean).join(', ') },
            selected: typed.clinician === reference,
          })),
        ],
        bookNow: `/appointments/staff/book?person=${visit.patient?.id ?? ''}&request=${visit.task.id ?? ''}`,
      };
    },
    deed: async (doing, { mode, minutes, until, clinician, words: text }, visit) => {
      const who = (await colleaguesOf(record, visit.actor, visit.ownTeam)).find(
        (one) => one.reference === clinician,
      );
      if (clinician !== '' && !who) return [{ field: 'clinician', text: 'Select someone of your team' }];
      const site = await siteOf(record, visit.actor, visit.ownTeam);
      if (mode.includes('video') && (await lineCarries(site, visit.now)).video === 'no')
        return [{ field: 'mode', text: 'The practice’s line does not carry video. Select another way' }];
      return letBook(doing, { modes: mode, minutes, until, words: text, ...(who ? { clinician: who } : {}) });
    },
  });

  const visitTo = (mode: ContactMode) => async (request: FastifyRequest, reply: FastifyReply) => {
    const visit = await visits.ofRequest(request);
    if (visit.task.for === undefined)
      throw problem('business-rule', 'Nobody has said whose request this is. Match it to a record first.');
    const person = visit.task.for.reference?.replace(/^Patient\//, '') ?? '';
    return reply.redirect(
      `/appointments/staff/book?person=${person}&request=${visit.task.id}&mode=${mode}`,
      303,
    );
  };
  app.get('/triage/:task/visit', visitTo('home-visit'));

  const someone = (missing: string) => requiredText('to', { missing, what: 'Choice', most: 200 });
  const kindsOfService = [
    { kind: 'pharmacy', text: 'Pharmacies' },
    { kind: 'community', text: 'Community services' },
    { kind: 'social-care', text: 'Social care' },
    { kind: 'mental-health', text: 'Mental health' },
    { kind: 'hospital', text: 'Hospitals' },
  ];
  const servicesOf = async (visit: RequestVisit, kinds: readonly string[]) => {
    const reading = { record, actor: visit.actor };
    const groups = kindsOfService.filter(({ kind }) => kinds.includes(kind));
    return Promise.all(
      groups.map(async ({ kind, text }) => ({
        text,
        options: await organisationsOf(reading, organisationKindSystem, kind),
      })),
    );
  };

  add({
    ...{ path: 'send', title: 'Send to a colleague or service', matched: true },
    form: () =>
      defineForm({
        fields: {
          version: versionField(),
          to: someone('Select whom to send it to'),
          note: requiredText('note', {
            missing: 'Say what they should do',
            what: 'What they should do',
            most: longest,
          }),
        },
      }),
    extra: async (visit) => ({
      colleagues: await colleaguesOf(record, visit.actor, visit.ownTeam),
      services: await servicesOf(visit, ['pharmacy', 'community', 'social-care', 'mental-health']),
    }),
    deed: async (doing, { to, note: text }, visit) => {
      const colleague = (await colleaguesOf(record, visit.actor, visit.ownTeam)).find(
        ({ reference }) => reference === to,
      );
      if (colleague) return assign(doing, colleague, text);
      const services = await servicesOf(visit, ['pharmacy', 'community', 'social-care', 'mental-health']);
      const service = services.flatMap(({ options }) => options).find(({ reference }) => reference === to);
      if (!service) return [{ field: 'to', text: 'Select one of the list' }];
      const urgency = (visit.task.priority ?? 'routine') as Urgency; // R4 has these four
      return passOn(doing, {
        to: service,
        service: 'See and answer a request for help',
        reason: text,
        urgency,
        isDraft: false,
      });
    },
  });

  add({
    ...{ path: 'refer', title: 'Refer', answers: true, matched: true },
    form: () =>
      defineForm({
        fields: {
          version: versionField(),
          to: someone('Select where to refer to'),
          service: requiredText('service', {
            missing: 'Enter the service or specialty',
            what: 'Service',
            most: 200,
          }),
          urgency: textField('urgency', z.enum(['routine', 'urgent', 'asap'], 'Select how soon')),
          note: requiredText('note', { missing: 'Say why you refer', what: 'Reason', most: longest }),
        },
      }),
    extra: async (visit) => ({
      services: await servicesOf(
        visit,
        kindsOfService.map(({ kind }) => kind),
      ),
      urgencyNames,
    }),
    deed: async (doing, { to, service, urgency, note: text }, visit) => {
      const services = await servicesOf(
        visit,
        kindsOfService.map(({ kind }) => kind),
      );
      const found = services.flatMap(({ options }) => options).find(({ reference }) => reference === to);
      if (!found) return [{ field: 'to', text: 'Select one of the list' }];
      return passOn(doing, { to: found, service, reason: text, urgency, isDraft: true });
    },
  });

  add({
    ...{ path: 'urgency', title: 'How urgent it is' },
    form: (visit) =>
      defineForm({
        fields: {
          version: versionField(),
          urgency: textField('urgency', z.enum(urgencies, 'Select how urgent it is')),
          note: note(),
        },
        check: ({ urgency, note: why }) => {
          const rank = (one: Urgency | undefined) => (one === undefined ? -1 : urgencies.indexOf(one));
          const isLower = rank(urgency) > rank(visit.task.priority);
          if (isLower && !visit.isClinician)
            return [{ field: 'urgency', text: 'Only a clinician can make it less urgent' }];
          return isLower && why === '' ? [{ field: 'note', text: 'Say why it is less urgent' }] : [];
        },
      }),
    initial: () => ({ urgency: 'stat' }),
    extra: async (_visit, _request, typed) => ({
      urgencies: urgencies.map((value) => ({
        value,
        text: urgencyNames[value],
        checked: typed.urgency === value,
      })),
    }),
    deed: async (doing, { urgency, note: why }, { settings: team, now }) => {
      const soon: Urgency = isUrgency(urgency) ? urgency : 'routine';
      return setUrgency(doing, soon, new Date(dueAfter(soon, team, now)).toISOString(), why);
    },
  });

  add({
    ...{ path: 'assign', title: 'Give it to someone' },
    form: () =>
      defineForm({ fields: { version: versionField(), to: someone('Select who answers it'), note: note() } }),
    initial: (visit) => ({ to: visit.by.reference }),
    extra: async (visit, _request, typed) => ({
      to: typed.to,
      me: visit.by,
      colleagues: (await colleaguesOf(record, visit.actor, visit.ownTeam)).filter(
        ({ reference }) => reference !== visit.by.reference,
      ),
    }),
    deed: async (doing, { to, note: text }, visit) => {
      if (to === 'nobody') return assign(doing, undefined, text);
      const all = [visit.by, ...(await colleaguesOf(record, visit.actor, visit.ownTeam))];
      const who = all.find(({ reference }) => reference === to);
      return who ? assign(doing, who, text) : [{ field: 'to', text: 'Select someone of your team' }];
    },
  });

  const closingKeys = Object.keys(closings) as Closing[]; // its own keys
  add({
    ...{ path: 'close', title: 'Close', answers: true },
    form: () =>
      defineForm({
        fields: {
          version: versionField(),
          reason: textField('reason', z.enum(closingKeys, 'Select why it is closed')),
          note: note(),
        },
      }),
    extra: async (_visit, _request, typed) => ({
      reasons: closingKeys.map((value) => ({
        value,
        text: closings[value],
        checked: typed.reason === value,
      })),
    }),
    deed: async (doing, { reason, note: text }) => close(doing, reason, text),
  });

  add({
    ...{ path: 'reopen', title: 'Open it again', whenOver: true },
    form: () =>
      defineForm({
        fields: {
          version: versionField(),
          note: requiredText('note', { missing: 'Say why you open it again', what: 'Why', most: longest }),
        },
      }),
    deed: async (doing, { note: text }) => reopen(doing, text),
  });

  add({
    ...{ path: 'match', title: 'Match to a record' },
    form: () =>
      defineForm({
        fields: {
          version: versionField(),
          number: judgedField('nhs-number', (typed) =>
            typed === '' ? { field: 'nhs-number', text: 'Enter an NHS number' } : nhsNumberIn(typed),
          ),
          note: requiredText('note', {
            missing: 'Say how you made sure who it is',
            ...{ what: 'How you made sure', most: longest },
          }),
        },
      }),
    deed: async (doing, { number, note: how }, visit) => {
      if (visit.task.for !== undefined)
        return [{ field: 'nhs-number', text: 'This request has a record already' }];
      // As the one who asks: whoever is not theirs to find is not found.
      const found = await record.search(
        visit.actor,
        'Patient',
        `identifier=${encodeURIComponent(`${nhsNumberSystem}|${number}`)}`,
      );
      const [one] = found.matches;
      if (!one || found.matches.length > 1)
        return [
          {
            field: 'nhs-number',
            text: 'No patient of yours has this NHS number. Check it, or register them',
          },
        ];
      const { task, trusted } = visit;
      const answers = await readNow<QuestionnaireResponse>(
        { record, actor: trusted },
        'QuestionnaireResponse',
        task.focus?.reference?.replace(/^QuestionnaireResponse\//, '') ?? '',
      );
      const photos = await photosOf(record, trusted, task.id ?? '');
      const files = await Promise.all(
        photos.map(({ file }) => readNow<Binary>({ record, actor: trusted }, 'Binary', file)),
      );
      return match(doing, `Patient/${one.id}`, how, [
        ...(answers ? [answers] : []),
        ...photos.map(({ document }) => document),
        ...files.filter((found) => found !== undefined),
      ]);
    },
  });
}

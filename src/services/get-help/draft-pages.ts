/** The pages that lead a request on: its questions, how someone would like to be answered, who they are, photos, and sending. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../../platform/problem.ts';
import { localMoment } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { dateField, judgedField, requiredText, textField } from '../../web/forms/fields.ts';
import { nhsNumberIn } from '../../web/person-fields.ts';
import { fileField, fileFields } from '../../web/uploads/file-fields.ts';
import { type Asked, type Asking, nextHref } from './asking.ts';
import { openStops, pageOf, stepsOf } from './draft.ts';
import { howForm, interpreters, modeOptions, noHow } from './how.ts';
import type { HelpNeeds } from './needs.ts';
import type { HelpPage, ShowPage } from './page-parts.ts';
import { questionField } from './question-field.ts';
import { rawOf } from './questionnaire/read-answers.ts';
import { answerLines } from './questionnaire/response.ts';
import { shownItems } from './questionnaire/shown-items.ts';
import { registeredAlready } from './registration.ts';
import { lacking, photoPurpose, requestHref, sendRequest } from './sending.ts';

const phone = /^\+?[\d\s()-]{7,25}$/;
const mostPhotos = 5;

/** It was sent already, from another page or before someone went back. */
interface Sent {
  readonly sent: string;
}

export function draftPages(app: FastifyInstance, needs: HelpNeeds, asking: Asking, show: ShowPage): void {
  const { forms, drafts, visitors, uploads, clock } = needs;
  const about = (request: FastifyRequest): Promise<Asked> => asking.askedOf(request);

  const showStep = (reply: FastifyReply, asked: Asked, step: string, template: string, page: HelpPage) => {
    const { draft, form, visitor, person } = asked;
    const steps = stepsOf(draft, form);
    const at = steps.indexOf(step);
    const back = at > 0 ? `${asked.base}/${steps[at - 1]}` : '/get-help';
    return show(reply.request, reply, visitor, person, template, {
      ...{
        formTitle: form.title,
        step: at + 1,
        steps: steps.length,
        back,
        draft: draft.id,
        base: asked.base,
      },
      ...page,
    });
  };

  const practiceField = (list: readonly { readonly id: string }[]) =>
    textField(
      'practice',
      z.string().refine((id) => list.some((one) => one.id === id), 'Select the GP practice'),
    );

  forms.add(app, '/get-help/drafts/:draft/how', {
    about: async (request) => {
      const asked = await about(request);
      const { person, draft, visitor } = asked;
      const clinicians =
        asked.form.kind === 'help' && draft.practice
          ? await visitors.cliniciansOf(draft.practice, person)
          : [];
      const account = visitor.identity?.kind === 'person' ? visitor.identity.account : undefined;
      const kept = account && person && !draft.how ? await drafts.remembered(account, person.id) : undefined;
      return { asked, clinicians, account, kept };
    },
    form: ({ clinicians }) => howForm(clinicians.map(({ value }) => value)),
    initial: ({ asked, kept, clinicians }) => {
      const how = asked.draft.how ?? kept ?? noHow;
      return {
        ...{
          modes: how.modes,
          times: how.times,
          interpreter: how.interpreter,
          access: how.access,
          contact: how.contact,
        },
        clinician: clinicians.some(({ value }) => value === how.clinician) ? how.clinician : '',
        chaperone: how.chaperone ? ['yes'] : [],
        remember: kept ? ['yes'] : [],
      };
    },
    show: (reply, { errorPrefix, ...shown }, { asked, clinicians, account, kept }) =>
      showStep(reply, asked, 'how', 'how', {
        ...shown,
        ...{
          title: `${errorPrefix}How would you like us to answer?`,
          modes: modeOptions,
          interpreters,
          clinicians,
        },
        ...{
          isHelp: asked.form.kind === 'help',
          mayRemember: account !== undefined && asked.person !== undefined,
        },
        kept: kept !== undefined,
      }),
    act: async ({ modes, chaperone, remember, ...rest }, { asked, account }) => {
      const how = { ...rest, modes, chaperone: chaperone.length > 0 };
      if (account !== undefined && asked.person) {
        if (remember.length > 0) await drafts.remember(account, asked.person.id, how);
        else await drafts.forgetHow(account, asked.person.id);
      }
      return asking.changed(asked, 'how', { how });
    },
  });

  forms.add(app, '/get-help/drafts/:draft/who', {
    about: async (request) => ({ asked: await about(request), practices: await visitors.practices() }),
    form: ({ practices }) =>
      defineForm({
        fields: {
          name: requiredText('name', { missing: 'Enter a full name', what: 'Full name', most: 150 }),
          born: dateField('born', 'Date of birth', (day) =>
            day > localMoment(clock.now()).key
              ? { field: 'born-year', text: 'Date of birth must not be in the future' }
              : undefined,
          ),
          telephone: textField(
            'telephone',
            z
              .string()
              .min(1, 'Enter a phone number that we can call')
              .regex(phone, 'Phone number must have 7 to 15 digits, like 07700 900 982'),
          ),
          nhsNumber: judgedField('nhs-number', nhsNumberIn),
          practice: practiceField(practices),
        },
      }),
    initial: ({ asked: { draft, visitor } }) => {
      const { said } = draft;
      const [year = '', month = '', day = ''] = said?.born.split('-') ?? [];
      const own = visitor.identity?.kind === 'person' ? visitor.identity.name : '';
      return {
        ...{ name: said?.name ?? own, telephone: said?.telephone ?? '', nhsNumber: said?.nhsNumber ?? '' },
        ...{ born: { day, month, year }, practice: draft.practice ?? '' },
      };
    },
    show: (reply, { errorPrefix, ...shown }, { asked, practices }) =>
      showStep(reply, asked, 'who', 'who', {
        ...shown,
        ...{ title: `${errorPrefix}${asked.visitor.staff ? 'Who is calling?' : 'Who are you?'}`, practices },
        ...{ strange: asked.visitor.identity === undefined, only: false },
      }),
    act: async ({ name, born, telephone, nhsNumber, practice }, { asked }) =>
      asking.changed(asked, 'who', { said: { name, born, telephone, nhsNumber }, practice }),
  });

  forms.add(app, '/get-help/drafts/:draft/practice', {
    about: async (request) => ({ asked: await about(request), practices: await visitors.practices() }),
    form: ({ practices }) => defineForm({ fields: { practice: practiceField(practices) } }),
    initial: ({ asked }) => ({ practice: asked.draft.practice ?? '' }),
    show: (reply, { errorPrefix, ...shown }, { asked, practices }) =>
      showStep(reply, asked, 'practice', 'who', {
        ...shown,
        ...{ title: `${errorPrefix}Which practice would you like to join?`, practices, only: true },
      }),
    act: async ({ practice }, { asked }) => {
      const refused = await registeredAlready(needs, asked, practice);
      return refused
        ? [{ field: 'practice', text: refused }]
        : asking.changed(asked, 'practice', { practice });
    },
  });

  uploads.define({
    purpose: photoPurpose,
    types: ['image/jpeg', 'image/png'],
    typesInWords: 'a photo (JPEG or PNG)',
    most: 10 * 1024 * 1024,
  });
  forms.add(app, '/get-help/drafts/:draft/photos', {
    about: async (request) => {
      const asked = await about(request);
      if (!asked.visitor.identity) throw problem('login', 'Sign in to add a photo. What you wrote is kept.');
      return asked;
    },
    form: () => defineForm({ fields: { photo: fileField('photo', { missing: 'Choose a photo' }) } }),
    files: fileFields({
      uploads,
      purposes: { photo: photoPurpose },
      accountOf: (request) => needs.identityOf(request)?.account,
    }),
    show: (reply, { errorPrefix, ...shown }, asked) =>
      showStep(reply, asked, 'check', 'photos', {
        ...shown,
        ...{
          title: `${errorPrefix}Add a photo`,
          purpose: photoPurpose,
          photos: asked.draft.photos,
          back: `${asked.base}/check`,
        },
      }),
    act: async ({ photo }, asked) => {
      const account = asked.visitor.identity?.account ?? '';
      if (asked.draft.photos.length >= mostPhotos)
        return [{ field: 'photo-file', text: `You can send ${mostPhotos} photos with one request` }];
      const found = photo === undefined ? undefined : await uploads.find(account, photo);
      if (!found || found.purpose !== photoPurpose)
        return [{ field: 'photo-file', text: 'Choose the photo again' }];
      if (found.state === 'refused')
        return [{ field: 'photo-file', text: found.reason ?? 'The photo was refused' }];
      const photos = asked.draft.photos.filter(({ id }) => id !== found.id);
      await asking.save(asked.visitor, {
        ...asked.draft,
        photos: [...photos, { id: found.id, name: found.name }],
      });
      return `${asked.base}/check`;
    },
  });

  const sendForm = defineForm({ fields: {} });
  forms.add(app, '/get-help/drafts/:draft/check', {
    about: async (request): Promise<Asked | Sent> => {
      const { draft: id } = request.params as { draft: string }; // the address has it
      const { holder } = await visitors.visitorOf(request);
      return (await drafts.find(holder, id)) || !(await drafts.follows(holder, id))
        ? about(request)
        : { sent: id };
    },
    form: () => sendForm,
    show: async (reply, { errorPrefix, ...shown }, asked) => {
      if ('sent' in asked) return reply.redirect(requestHref(asked.sent), 303);
      const { draft, form, person, visitor } = asked;
      const { how, said } = draft;
      const lines = answerLines(form.form.item, draft.answers);
      const to = person?.practice?.id ?? draft.practice;
      return showStep(reply, asked, 'check', 'check', {
        ...shown,
        ...{
          title: `${errorPrefix}Check and send`,
          lines,
          said,
          photos: draft.photos,
          lacking: lacking(asked),
        },
        care: form.problem?.care ?? [],
        how: how && {
          modes: modeOptions.filter(({ value }) => how.modes.includes(value)).map(({ text }) => text),
          ...{ times: how.times, access: how.access, contact: how.contact, chaperone: how.chaperone },
          interpreter: how.interpreter && interpreters.find(({ value }) => value === how.interpreter)?.text,
        },
        stopped: draft.stops.some(({ advice }) => advice !== 'pharmacist'),
        practice: person?.practice?.name,
        isFull: to !== undefined && (await needs.isFull(`Organization/${to}`)),
        isHelp: form.kind !== 'registration',
        mayAddPhotos: visitor.identity !== undefined && form.kind !== 'registration',
        signInHref: `/sign-in?return=${encodeURIComponent(`${asked.base}/check`)}`,
      });
    },
    act: async (_, asked, { request }) => {
      if ('sent' in asked) return requestHref(asked.sent);
      if (openStops(asked.draft).some(({ answer }) => answer === undefined)) return `${asked.base}/stop`;
      const missing = stepsOf(asked.draft, asked.form).find((step) => {
        const page = pageOf(asked.form, asked.draft, step);
        return (
          page?.item?.some(({ required, linkId = '' }) => required && !asked.draft.answers[linkId]) ?? false
        );
      });
      if (missing) return `${asked.base}/${missing}`;
      const lack = lacking(asked);
      if (lack === 'no-practice')
        return [
          {
            field: 'send',
            text: 'Your record names no GP practice. Register with a practice first, or call 111',
          },
        ];
      if (lack === 'person') return `${asked.base}/for`;
      if (lack !== '') return `${asked.base}/${lack}`;
      if (asked.form.kind === 'registration') {
        const refused = await registeredAlready(needs, asked, asked.draft.practice ?? '');
        if (refused) return [{ field: 'send', text: refused }];
      }
      return sendRequest(needs, request, asked);
    },
  });

  // Begun before sign-in, by someone who may ask for several people.
  forms.add(app, '/get-help/drafts/:draft/for', {
    about: async (request) => {
      const asked = await about(request);
      const people = await Promise.all(
        asked.visitor.patients.map((id) => visitors.personFor(request, asked.visitor, id)),
      );
      return { asked, people };
    },
    form: ({ people }) =>
      defineForm({
        fields: {
          for: textField(
            'for',
            z.string().refine((id) => people.some((one) => one.id === id), 'Select who this is for'),
          ),
        },
      }),
    show: (reply, { errorPrefix, ...shown }, { asked, people }) =>
      showStep(reply, asked, 'check', 'for', {
        ...shown,
        title: `${errorPrefix}Who is this for?`,
        people: people.map(({ id, name, own }) => ({ value: id, text: own ? `${name} (you)` : name })),
      }),
    act: async ({ for: id }, { asked, people }, { request }) => {
      const person = people.find((one) => one.id === id)!; // the form looked
      const { draft } = await asking.begin(request, asked.visitor, asked.form, {
        id: asked.draft.id,
        person,
      });
      await asking.save(asked.visitor, draft);
      return `${asked.base}/check`;
    },
  });

  // Last: the pages of the form itself, by their linkId.
  forms.add(app, '/get-help/drafts/:draft/:page', {
    about: async (request) => {
      const asked = await about(request);
      const { page: linkId } = request.params as { page: string }; // the address has it
      const page = pageOf(asked.form, asked.draft, linkId);
      if (!page) throw problem('not-found', 'There is no such page of this request.');
      return { asked, page };
    },
    form: ({ asked, page }) => defineForm({ fields: { page: questionField([page], asked.draft.answers) } }),
    initial: ({ asked: { draft }, page }) => ({
      page: draft.typed[page.linkId ?? ''] ?? rawOf([page], draft.answers),
    }),
    show: (reply, { errorPrefix, typed, ...shown }, { asked, page }) =>
      showStep(reply, asked, page.linkId ?? '', 'questions', {
        ...shown,
        ...{
          title: `${errorPrefix}${page.text}`,
          heading: page.text,
          pageKey: page.linkId,
          formKey: asked.form.key,
        },
        ...{ items: shownItems(page.item, asked.draft.answers, typed.page) },
      }),
    act: ({ page: answers }, { asked, page }, { request }) =>
      asking.answered(request, asked, page.linkId ?? '', answers),
  });

  app.get('/get-help/drafts/:draft', async (request, reply) => {
    const { draft, form } = await about(request);
    const steps = stepsOf(draft, form);
    const open = Object.keys(draft.typed)[0];
    const missing = steps.find((step) =>
      pageOf(form, draft, step)?.item?.some(
        ({ required, linkId = '' }) => required && !draft.answers[linkId],
      ),
    );
    const next = open ?? missing;
    return reply.redirect(
      next === undefined
        ? nextHref(draft, form, draft.how ? 'how' : steps[steps.indexOf('how') - 1])
        : `/get-help/drafts/${draft.id}/${next}`,
      303,
    );
  });
}

/** What whoever holds a link and its code sees: the part that was shared, in plain words, to be read alone. Needs no account. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ShareLink, type ShareLinks, shareActor } from '../../access/share-links/share-links.ts';
import { type ShareBounds, shareSight } from '../../access/share-links/share-sight.ts';
import { patientReportedSearch } from '../../fhir/patient-reported.ts';
import type { Clock } from '../../platform/clock.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { firstText, withQuery } from '../../web/addresses.ts';
import { formatDate, formatMoment } from '../../web/dates.ts';
import { errorsForPage, type FieldError, formBody } from '../../web/form-fields.ts';
import type { Shell } from '../../web/shell.ts';
import { nameOfPatient, paged } from './page-parts.ts';
import { type RecordSection, sectionsOf } from './record-sections.ts';
import { codeForm } from './share-form.ts';

export interface SharedNeeds {
  readonly shell: Shell;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly shareLinks: ShareLinks;
  /** Address that people reach the server by: https makes cookies secure. */
  readonly baseUrl: string;
}

type TokenRequest = FastifyRequest<{
  Params: { token: string; section?: string };
  Querystring: Readonly<Record<string, unknown>>;
}>;

const cookieName = 'shared';
const readingsShown = 10;
const entriesShown = 25;

/** The same words for a link that never was, and for one that has ended: a guess learns nothing. */
const gone = () =>
  problem(
    'not-found',
    'This link does not work. It may have ended or been withdrawn. Ask the person who gave it to you for another.',
  );

/** Types of the sections, and of those that only the person’s own entries fill, just these. */
function sightOf({ patient, sections }: ShareLink) {
  const chosen = sectionsOf(sections);
  const own = chosen.filter(({ key }) => key === 'own').flatMap(({ types }) => types);
  const others = new Set(chosen.filter(({ key }) => key !== 'own').flatMap(({ types }) => types));
  const bounds: ShareBounds = Object.fromEntries(
    own.filter((type) => !others.has(type)).map((type) => [type, [patientReportedSearch]]),
  );
  return shareSight(patient, [...new Set([...own, ...others])], bounds);
}

export function sharedPages(app: FastifyInstance, needs: SharedNeeds): void {
  const { shell, record, clock, shareLinks, baseUrl } = needs;

  const plain = (
    reply: FastifyReply,
    template: string,
    page: { readonly title: string; readonly [name: string]: unknown },
  ) =>
    shell.renderPage(
      reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer'),
      `my-record/${template}.njk`,
      page,
    );

  const linkOf = async (request: TokenRequest): Promise<ShareLink> => {
    const link = await shareLinks.find(request.params.token);
    if (!link) throw gone();
    return link;
  };

  const askCode = (request: TokenRequest, reply: FastifyReply, errors: readonly FieldError[], typed = '') => {
    const title = 'Enter the code';
    return plain(reply.code(errors.length > 0 ? 422 : 200), 'shared-code', {
      ...{ title: errors.length > 0 ? `Error: ${title}` : title, heading: title, typed },
      ...{ action: `/shared/${request.params.token}`, ...errorsForPage(errors) },
    });
  };

  const hasPass = (request: TokenRequest, link: ShareLink): boolean =>
    passesIn(request.headers.cookie).some((pass) => shareLinks.passes(link, pass));

  app.get('/shared/:token', async (request: TokenRequest, reply) => {
    const link = await linkOf(request);
    if (hasPass(request, link)) return reply.redirect(`/shared/${request.params.token}/record`, 303);
    return askCode(request, reply, []);
  });

  app.post('/shared/:token', async (request: TokenRequest, reply) => {
    const { token } = request.params;
    await linkOf(request);
    const body = formBody(request.body);
    const parsed = codeForm.parse(body);
    if ('errors' in parsed) return askCode(request, reply, parsed.errors);
    const entered = await shareLinks.enter(token, parsed.value.code, request.id);
    if (entered.state === 'gone') throw gone();
    if (entered.state === 'wrong') {
      const { left } = entered;
      const text = `This is not the code. You can try ${left === 1 ? 'once' : `${left} times`} more, then the link ends`;
      return askCode(request, reply, [{ field: 'code', text }]);
    }
    const secure = baseUrl.startsWith('https:') ? '; Secure' : '';
    return reply
      .header(
        'set-cookie',
        `${cookieName}=${entered.pass}; Path=/shared/${token}; HttpOnly; SameSite=Strict; Max-Age=1800${secure}`,
      )
      .redirect(`/shared/${token}/record`, 303);
  });

  /** The link, and who reads by it: someone who has shown its code in this browser. */
  const readerOf = async (request: TokenRequest) => {
    const link = await linkOf(request);
    if (!hasPass(request, link)) return undefined;
    const actor: Actor = {
      ...{ ...shareActor(link), purpose: 'PATRQT', sight: sightOf(link) },
      ...{ requestId: request.id, via: 'page' },
    };
    const stored = await record.read(actor, 'Patient', link.patient);
    if (!stored?.body) throw gone();
    return { link, actor, patient: resourceOf<Patient>(stored) };
  };

  const show = async (
    request: TokenRequest,
    reply: FastifyReply,
    chosenOf: (sections: readonly RecordSection[]) => RecordSection | undefined,
  ) => {
    const { token } = request.params;
    const reader = await readerOf(request);
    if (!reader) return reply.redirect(`/shared/${token}`, 303);
    const { link, actor, patient } = reader;
    const now = clock.now();
    const sections = sectionsOf(link.sections);
    const section = chosenOf(sections);
    if (!section) throw problem('not-found', 'This part is not shared by the link.');
    const name = nameOfPatient(patient, now);
    const blocks = await section.read({
      ...{ reading: { record, actor }, patient, name, now, span: {}, mostReadings: readingsShown },
    });
    const base = `/shared/${token}`;
    const titleOf = (one: RecordSection): string =>
      one.key === 'own' ? `Added by ${name}, or for them` : one.title;
    return plain(reply, 'shared-section', {
      ...{
        title: titleOf(section),
        name,
        born: formatDate(patient.birthDate),
        until: formatMoment(link.expires),
      },
      menu: sections.map((one) => ({
        ...{ href: `${base}/record/${one.key}`, text: titleOf(one), current: one.key === section.key },
      })),
      blocks: blocks.flatMap(({ heading, told, empty }, index) => {
        if (told.length === 0 && empty === '') return [];
        const id = `part-${index}`;
        const { rows, next, page } = paged(told, firstText(request.query[id]), entriesShown);
        return [
          {
            ...{
              id,
              heading,
              empty,
              told: rows.map((one) => ({ ...one, id: '', lines: one.lines.map(withoutHref) })),
            },
            next: next === undefined ? undefined : `${withQuery(request, { [id]: String(next) })}#${id}`,
            first: page > 1 ? `${withQuery(request, { [id]: undefined })}#${id}` : undefined,
          },
        ];
      }),
    });
  };

  app.get('/shared/:token/record', async (request: TokenRequest, reply) =>
    show(request, reply, ([first]) => first),
  );
  app.get('/shared/:token/record/:section', async (request: TokenRequest, reply) =>
    show(request, reply, (sections) => sections.find(({ key }) => key === request.params.section)),
  );
}

/** What leads into the owner’s own app leads its reader nowhere. */
const withoutHref = ({
  label,
  text,
  href,
}: {
  readonly label: string;
  readonly text: string;
  readonly href?: string;
}) => (href === undefined || href.startsWith('/') ? { label, text } : { label, text, href });

/** Every value of the cookie: a browser may hold one for each link. */
const passesIn = (cookies = ''): readonly string[] =>
  cookies.split(';').flatMap((pair) => {
    const [name = '', ...value] = pair.trim().split('=');
    return name === cookieName ? [value.join('=')] : [];
  });

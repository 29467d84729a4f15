/** Take a record out: all of it or a part, as a PDF for people or a FHIR Bundle for programs. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SecurityLog } from '../../access/security-log.ts';
import { mainIdentifier } from '../../web/contacts.ts';
import { formatDate, formatMoment, localMoment } from '../../web/dates.ts';
import { errorsForPage, type FieldError, formBody } from '../../web/form-fields.ts';

import { bundleText } from './download-bundle.ts';
import { downloadForm } from './download-form.ts';
import type { MyRecordNeeds, Pages, PersonParams, Visit } from './page-parts.ts';
import { recordPdf } from './record-pdf.ts';
import { type RecordSection, recordSections, sectionsOf } from './record-sections.ts';
import type { Span } from './record-span.ts';

export interface DownloadNeeds extends MyRecordNeeds {
  readonly securityLog: SecurityLog;
  /** Throws a Problem (401) where the person showed who they are too long ago. */
  readonly requireFresh: (request: FastifyRequest) => void;
  /** Address of the FHIR API. */
  readonly fhirBaseUrl: string;
}

type PersonRequest = FastifyRequest<{ Params: PersonParams }>;

const everyReading = 5000;

/** The sections of which a visitor is shown something. */
export const shownSections = (visit: Visit): readonly RecordSection[] =>
  recordSections.filter(({ types }) => visit.shows(...types));

/** What someone who sends nothing yet is offered: everything, for people. */
const asOffered = (sections: readonly RecordSection[]) => ({
  sections: sections.map(({ key }) => key),
  ...{ from: { day: '', month: '', year: '' }, to: { day: '', month: '', year: '' }, format: 'pdf' },
});

export function downloadPages(app: FastifyInstance, needs: DownloadNeeds, pages: Pages): void {
  const { record, securityLog, requireFresh, fhirBaseUrl } = needs;

  const showPage = (
    reply: FastifyReply,
    visit: Visit,
    typed: unknown,
    sections: readonly RecordSection[],
    errors: readonly FieldError[],
  ) => {
    const title = visit.own ? 'Download your record' : `Download the record of ${visit.name}`;
    return pages.show(reply.code(errors.length > 0 ? 422 : 200), visit, 'download', {
      ...{ title: errors.length > 0 ? `Error: ${title}` : title, heading: title },
      ...{ sections: sections.map((one) => ({ key: one.key, title: titleFor(one, visit) })), typed },
      ...errorsForPage(errors),
    });
  };

  app.get('/my-record/:person/download', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    requireFresh(request);
    const sections = shownSections(visit);
    return showPage(reply, visit, asOffered(sections), sections, []);
  });

  app.get('/my-record/:person/download/file', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    requireFresh(request);
    const sections = shownSections(visit);
    const form = downloadForm(sections);
    const query = formBody(request.query);
    const parsed = form.parse(query);
    if ('errors' in parsed) return showPage(reply, visit, form.typedOf(query), sections, parsed.errors);
    const { format, from, to } = parsed.value;
    const chosen = sectionsOf(parsed.value.sections);
    const span: Span = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const { actor } = visit.reading;
    const whole = chosen.length === sections.length && from === undefined && to === undefined;
    // In the log before the first byte leaves.
    await securityLog.record({
      ...{ kind: 'record-copied', patient: visit.id, outcome: 'success', requestId: request.id, via: 'page' },
      who: { id: actor.id, name: actor.name, role: visit.own ? 'patient' : 'proxy' },
      note: `${whole ? 'The whole record' : 'A part of the record'}, as ${format === 'pdf' ? 'a PDF' : 'a FHIR Bundle'}.`,
    });
    const made = localMoment(visit.now).key;
    // The name says nothing of anyone’s health: it stands in lists of files that others see.
    const extension = format === 'pdf' ? 'pdf' : 'json';
    reply.header('content-disposition', `attachment; filename="record-${made}.${extension}"`);
    if (format === 'fhir') {
      const { reading, id } = visit;
      const text = bundleText({
        ...{ record, actor: reading.actor, person: id, baseUrl: fhirBaseUrl, now: visit.now, span },
        sections: chosen.length === sections.length ? undefined : chosen,
      });
      return reply
        .type('application/fhir+json; charset=utf-8')
        .send(Readable.from(text, { objectMode: false }));
    }
    return reply.type('application/pdf').send(pdfOf(visit, chosen, span));
  });
}

/** A section as its reader would call it. */
export const titleFor = (
  { key, title }: RecordSection,
  { own, name }: Pick<Visit, 'own' | 'name'>,
): string => (key === 'own' ? (own ? 'Added by you' : `Added by ${name}, or for them`) : title);

const days = ({ from, to }: Span): string =>
  from === undefined
    ? to === undefined
      ? ''
      : `Up to ${formatDate(to)}.`
    : `From ${formatDate(from)}${to === undefined ? '' : ` to ${formatDate(to)}`}.`;

function pdfOf(visit: Visit, chosen: readonly RecordSection[], span: Span): Readable {
  const { patient, name, now } = visit;
  const number = mainIdentifier(patient.identifier);
  const bounded = days(span);
  return recordPdf({
    title: `Health record of ${name}`,
    foot: `Health record of ${name}. Made on ${formatMoment(now)}`,
    about: [
      [
        `Born ${formatDate(patient.birthDate) || 'on a day that is not recorded'}`,
        number && `${number.label} ${number.value}`,
      ]
        .filter(Boolean)
        .join('. '),
      `Made on ${formatMoment(now)}. It shows the record as it was then.`,
      bounded && `${bounded} Conditions, medicines, allergies and plans are listed whatever their day.`,
      'This is private. Keep it safe, and think before you send it on.',
    ].filter((line) => line !== ''),
    now,
    sections: chosen.map((section) => ({
      ...{ key: section.key, title: titleFor(section, visit) },
      read: () =>
        section.read({ reading: visit.reading, patient, name, now, span, mostReadings: everyReading }),
    })),
  });
}

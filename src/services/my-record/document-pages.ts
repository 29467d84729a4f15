/** Letters, documents and imaging reports, and the files in them: told of first, fetched only when asked for. */
import type {
  Attachment,
  Composition,
  DiagnosticReport,
  DocumentReference,
  ImagingStudy,
} from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { firstText, idPattern, withQuery } from '../../web/addresses.ts';
import { attachmentsOf, contentDisposition, contentOf, downloadOf } from '../../web/attachments.ts';
import { loose, titleOf } from '../../web/entry.ts';
import { readNow } from '../../web/record-reading.ts';
import { ofPerson } from './home-pages.ts';
import { scansOf } from './imaging.ts';
import { type Letter, letterPage, lettersOf } from './letters.ts';
import { readNames } from './names-of.ts';
import {
  type MyRecordNeeds,
  type Pages,
  type PersonParams,
  paged,
  type Query,
  type Visit,
} from './page-parts.ts';

const pageSize = 25;
const scansShown = 15;

type PersonRequest = FastifyRequest<{ Params: PersonParams; Querystring: Query }>;
type DocumentRequest = FastifyRequest<{
  Params: PersonParams & { id: string; index: string };
  Querystring: Query;
}>;

const notHere = () => problem('not-found', 'There is no such document in this record.');

/** Types that a page may show in itself; none of them runs script in our name. */
const shownInPage = new Set(['application/pdf', 'image/jpeg', 'image/png']);

export function documentPages(app: FastifyInstance, needs: MyRecordNeeds, pages: Pages): void {
  const { shell } = needs;

  const letterOf = async (visit: Visit, id: string): Promise<Letter> => {
    const composition = id.startsWith('composition-');
    const type = composition ? 'Composition' : 'DocumentReference';
    const own = composition ? id.slice('composition-'.length) : id;
    const found =
      idPattern.test(own) && visit.shows(type) ? await readNow<Letter>(visit.reading, type, own) : undefined;
    if (!found || found.subject?.reference !== `Patient/${visit.id}` || found.status === 'entered-in-error')
      throw notHere();
    return found;
  };

  /** The bytes: shown by a page of ours where they may be, else handed over. */
  const sendFile = async (
    request: FastifyRequest<{ Querystring: Query }>,
    reply: FastifyReply,
    visit: Visit,
    attachment: Attachment | undefined,
    title: string,
  ) => {
    const content = attachment && (await contentOf(visit.reading, attachment));
    if (!attachment || !content) throw problem('not-found', 'This document is not held here.');
    const { type, fileName } = downloadOf(attachment.title || title, content.contentType);
    const inPage = firstText(request.query['in']) === 'page' && shownInPage.has(type);
    if (inPage)
      reply
        .header('x-frame-options', 'SAMEORIGIN')
        .header(
          'content-security-policy',
          "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'",
        );
    return reply
      .header(
        'content-disposition',
        inPage ? contentDisposition(fileName).replace('attachment', 'inline') : contentDisposition(fileName),
      )
      .type(type)
      .send(content.bytes);
  };

  app.get('/my-record/:person/documents', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.documents');
    if (!visit.shows('DocumentReference', 'Composition')) return pages.notGiven(reply, visit, title);
    const search = ofPerson(visit);
    const [documents, compositions] = await Promise.all([
      search<DocumentReference>('DocumentReference', '&_sort=-date&_count=500'),
      search<Composition>('Composition', '&_sort=-date&_count=200'),
    ]);
    const found = [...documents, ...compositions];
    const { rows, next, page } = paged(
      lettersOf(visit.id, found, await readNames(visit.reading, found)),
      firstText(request.query['page']),
      pageSize,
    );
    return pages.show(reply, visit, 'documents', {
      ...{ title, letters: rows },
      next: next && withQuery(request, { page: String(next) }),
      first: page > 1 && withQuery(request, { page: undefined }),
    });
  });

  app.get('/my-record/:person/documents/:id', async (request: DocumentRequest, reply) => {
    const visit = await pages.visitOf(request);
    const one = await letterOf(visit, request.params.id);
    const letter = await letterPage(visit.reading, visit.id, one, await readNames(visit.reading, [one]));
    const asked = firstText(request.query['show']);
    const shown = letter.files.find(
      ({ index, href, isPdf, isImage }) => String(index) === asked && href && (isPdf || isImage),
    );
    if (shown?.isPdf) {
      // This page alone may hold a frame, of our own address.
      const policy = String(reply.getHeader('content-security-policy') ?? '');
      reply.header(
        'content-security-policy',
        policy.replace("default-src 'none'", "default-src 'none'; frame-src 'self'"),
      );
    }
    return pages.show(reply, visit, 'document', { title: letter.title, letter, shown });
  });

  app.get('/my-record/:person/documents/:id/files/:index', async (request: DocumentRequest, reply) => {
    const visit = await pages.visitOf(request);
    const one = await letterOf(visit, request.params.id);
    const index = /^\d{1,3}$/.test(request.params.index) ? Number(request.params.index) : -1;
    return sendFile(request, reply, visit, attachmentsOf(loose(one))[index], titleOf(one));
  });

  app.get('/my-record/:person/imaging', async (request: PersonRequest, reply) => {
    const visit = await pages.visitOf(request);
    const title = shell.say(request, 'record.imaging');
    if (!visit.shows('ImagingStudy')) return pages.notGiven(reply, visit, title);
    const search = ofPerson(visit);
    const [studies, reports] = await Promise.all([
      search<ImagingStudy>('ImagingStudy', '&_sort=-started&_count=200'),
      search<DiagnosticReport>('DiagnosticReport', '&_sort=-date&_count=300'),
    ]);
    const names = await readNames(visit.reading, [
      ...studies,
      ...reports.filter(({ imagingStudy, category }) => imagingStudy || category),
    ]);
    const { rows, next, page } = paged(
      scansOf(visit.id, studies, reports, names),
      firstText(request.query['page']),
      scansShown,
    );
    return pages.show(reply, visit, 'imaging', {
      ...{ title, scans: rows },
      next: next && withQuery(request, { page: String(next) }),
      first: page > 1 && withQuery(request, { page: undefined }),
    });
  });

  app.get('/my-record/:person/imaging/:id/files/:index', async (request: DocumentRequest, reply) => {
    const visit = await pages.visitOf(request);
    const { id, index } = request.params;
    const report =
      idPattern.test(id) && visit.shows('DiagnosticReport')
        ? await readNow<DiagnosticReport>(visit.reading, 'DiagnosticReport', id)
        : undefined;
    if (
      !report ||
      report.subject?.reference !== `Patient/${visit.id}` ||
      report.status === 'entered-in-error'
    )
      throw notHere();
    const form = report.presentedForm?.[/^\d{1,3}$/.test(index) ? Number(index) : -1];
    return sendFile(request, reply, visit, form, titleOf(report));
  });
}

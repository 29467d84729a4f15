/** One entry of a record: in words, as its FHIR source with every version, and its documents. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { indentJson } from '../../fhir/indent-json.ts';
import { type Problem, problem } from '../../platform/problem.ts';
import { resourceOf, type Stored } from '../../record/care-record.ts';
import { firstText, idPattern, typePattern } from '../../web/addresses.ts';
import { attachmentsOf, contentDisposition, contentOf, downloadOf } from '../../web/attachments.ts';
import { formatMoment } from '../../web/dates.ts';
import { loose, titleOf } from '../../web/entry.ts';
import type { Reading } from '../../web/record-reading.ts';
import { typeName } from '../../web/type-names.ts';
import { checkOwner, itemOf } from './item.ts';
import { type ChartNeeds, type PersonOf, trailOf } from './page-parts.ts';

interface ItemParams {
  id: string;
  type: string;
  rid: string;
}
type ItemRequest = FastifyRequest<{ Params: ItemParams; Querystring: Readonly<Record<string, unknown>> }>;

const mostJson = 300_000;
const mostVersions = 100;

const notInRecord = (): Problem =>
  problem('not-found', 'This entry is not in the record. Its web address may have been typed wrongly.');

const addressOf = ({ id, type, rid }: ItemParams): string => `/people/${id}/items/${type}/${rid}`;

const checkAddress = ({ type, rid }: ItemParams): void => {
  if (!typePattern.test(type) || !idPattern.test(rid)) throw notInRecord();
};

async function currentOf({ record, actor }: Reading, params: ItemParams): Promise<Stored> {
  checkAddress(params);
  const stored = await record.read(actor, params.type, params.rid);
  if (!stored?.body) throw notInRecord();
  return stored;
}

/** The newest versions, and the one that is asked for. A resource about somebody else is refused. */
async function versionsOf(reading: Reading, request: ItemRequest) {
  const { id, type, rid } = request.params;
  checkAddress(request.params);
  const page = await reading.record.history(reading.actor, type, rid, { count: mostVersions });
  const versions = page?.versions ?? [];
  const asked = firstText(request.query['version']);
  if (asked && !/^\d{1,9}$/.test(asked)) throw problem('not-found', 'A version is a whole number.');
  const known = asked ? versions.find((one) => one.version === Number(asked)) : versions[0];
  const shown =
    known ?? (asked ? await reading.record.readVersion(reading.actor, type, rid, Number(asked)) : undefined);
  if (!shown) throw asked ? problem('not-found', `This entry has no version ${asked}.`) : notInRecord();
  // A deletion has no content: the version before it says whose it was.
  const content = shown.body ? shown : versions.find((one) => one.body);
  if (!content) throw notInRecord();
  checkOwner(loose(resourceOf(content)), id);
  return { shown, content, versions, more: page?.next !== undefined };
}

export function itemPages(
  app: FastifyInstance,
  { record, shell, actorOf }: ChartNeeds,
  personOf: PersonOf,
): void {
  const readingOf = (request: FastifyRequest): Reading => ({ record, actor: actorOf(request) });

  app.get('/people/:id/items/:type/:rid', async (request: ItemRequest, reply) => {
    const { id, type, rid } = request.params;
    if (type === 'Patient' && idPattern.test(rid) && rid !== id) return reply.redirect(`/people/${rid}`, 302);
    const reading = readingOf(request);
    const { context } = await personOf(reading, id, 'item');
    const item = await itemOf(reading, await currentOf(reading, request.params), id);
    return shell.renderPage(reply, 'chart/item.njk', {
      ...context,
      title: item.heading,
      trail: trailOf(id, 'History', `/people/${id}/history`),
      item,
      address: addressOf(request.params),
    });
  });

  app.get('/people/:id/items/:type/:rid/raw', async (request: ItemRequest, reply) => {
    const reading = readingOf(request);
    const { context } = await personOf(reading, request.params.id, 'item');
    const { shown, content, versions, more } = await versionsOf(reading, request);
    const body = shown.body?.toString('utf8') ?? '';
    const address = addressOf(request.params);
    return shell.renderPage(reply, 'chart/raw.njk', {
      ...context,
      title: `FHIR source of ${typeName(shown.type).toLowerCase()}`,
      heading: titleOf(resourceOf(content)),
      trail: trailOf(request.params.id, 'This entry in words', address),
      address,
      version: shown.version,
      deleted: !shown.body,
      json: indentJson(body.slice(0, mostJson)) + (body.length > mostJson ? '…' : ''),
      cut: body.length > mostJson,
      moreVersions: more,
      versions: versions.map((one) => ({
        number: one.version,
        href: one.version === shown.version ? '' : `${address}/raw?version=${one.version}`,
        when: formatMoment(one.updated),
        deleted: !one.body,
      })),
    });
  });

  app.get('/people/:id/items/:type/:rid/json', async (request: ItemRequest, reply) => {
    const reading = readingOf(request);
    await personOf(reading, request.params.id, 'item');
    const { shown } = await versionsOf(reading, request);
    if (!shown.body) throw problem('deleted', 'This version is a deletion: it has no content.');
    return reply
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff')
      .header('content-disposition', contentDisposition(`${shown.type}-${shown.id}-v${shown.version}.json`))
      .type('application/fhir+json; charset=utf-8')
      .send(shown.body);
  });

  app.get(
    '/people/:id/items/:type/:rid/attachments/:index',
    async (request: FastifyRequest<{ Params: ItemParams & { index: string } }>, reply) => {
      const reading = readingOf(request);
      await personOf(reading, request.params.id, 'item');
      const resource = loose(resourceOf(await currentOf(reading, request.params)));
      checkOwner(resource, request.params.id);
      const place = /^\d{1,4}$/.test(request.params.index) ? Number(request.params.index) : -1;
      const attachment = attachmentsOf(resource)[place];
      const content = attachment && (await contentOf(reading, attachment));
      if (!attachment || !content) throw problem('not-found', 'This document is not held here.');
      const { type, fileName } = downloadOf(
        firstText(attachment.title) || titleOf(resource),
        content.contentType,
      );
      return reply
        .header('cache-control', 'no-store')
        .header('x-content-type-options', 'nosniff')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .header('content-disposition', contentDisposition(fileName))
        .type(type)
        .send(content.bytes);
    },
  );
}

import type { FastifyRequest } from 'fastify';
import { parseJson } from '../../fhir/json.ts';
import { parseSearch } from '../../fhir/parse-search.ts';
import { describeQuery } from '../../fhir/query-string.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../actor.ts';
import { idOf, typeOf } from './address.ts';
import { parseExact, writeExact } from './exact-json.ts';
import { applyFhirPathPatch, readFhirPathPatch } from './fhirpath-patch.ts';
import { demandedVersion, onCurrent, refuseIfMatch } from './if-match.ts';
import { applyPatch, readPatch } from './json-patch.ts';
import { isJson } from './media-types.ts';
import { textOf } from './request-body.ts';
import { conditionForm, queryOf, requestForm } from './request-form.ts';
import { type Interaction, pathOf, type RestParts } from './rest-parts.ts';
import { type Result, sendWritten } from './write-answer.ts';

export const patchType = 'application/json-patch+json';
const patchTypes = new Set([patchType]);

/** PATCH [type]/[id] by JSON Patch or FHIRPath Patch. Source: FHIR R4, RESTful API (patch). */
export const patch: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const path = pathOf(request);
  const type = typeOf(path['type']);
  const id = idOf(path['id']);
  const form = requestForm(request);
  const demanded = demandedVersion(request);
  const result = await patched(parts, actor, request, type, id, demanded);
  return sendWritten(reply, form, result, parts);
};

/** PATCH [type]?[condition]: the one resource that meets it. Source: FHIR R4, RESTful API. */
export const conditionalPatch: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const type = typeOf(pathOf(request)['type']);
  const form = conditionForm(request);
  refuseIfMatch(request);
  const id = await matching(parts, actor, type, queryOf(request));
  const result = await patched(parts, actor, request, type, id, undefined);
  return sendWritten(reply, form, result, parts);
};

async function patched(
  { record }: RestParts,
  actor: Actor,
  request: FastifyRequest,
  type: string,
  id: string,
  demanded: number | '*' | undefined,
): Promise<Result> {
  const change = changeOf(request, type);
  return onCurrent({ record, actor, type, id, demanded }, async ({ body, version }) => {
    const before = parseExact(body.toString('utf8'));
    const after = change(before);
    refuseOther(after, type, id);
    const text = writeExact(after);
    const { results } = await record.commit(actor, [{ kind: 'update', type, id, text, ifMatch: version }]);
    return results[0]!; // one change, one result
  });
}

/** The change that the body tells of, as a function on a resource read by exact-json.ts. */
function changeOf(request: FastifyRequest, type: string): (document: unknown) => unknown {
  const isParameters = isJson(request.headers['content-type']);
  const text = textOf(request, isParameters ? undefined : patchTypes);
  parseJson(text); // says where it is not JSON
  if (isParameters) {
    const changes = readFhirPathPatch(text);
    return (document) => applyFhirPathPatch(document, type, changes);
  }
  const operations = readPatch(parseExact(text));
  return (document) => applyPatch(document, operations);
}

function refuseOther(after: unknown, type: string, id: string): void {
  const { resourceType, id: own } = (after ?? {}) as { resourceType?: unknown; id?: unknown }; // any JSON
  if (resourceType === type && own === id) return;
  throw problem('business-rule', 'A patch may change neither resourceType nor id.', {
    status: 422,
    where: 'http.body',
  });
}

/** The id of the one resource that a condition finds; throws 404 for none and 412 for several. */
async function matching(parts: RestParts, actor: Actor, type: string, query: string): Promise<string> {
  const { filters, understood } = parseSearch(type, query, { handling: 'strict', baseUrl: parts.baseUrl });
  if (filters.length === 0)
    throw problem('invalid', `Say what to patch: PATCH ${type}/[id], or PATCH ${type}?[condition].`, {
      where: 'http.query',
    });
  const condition = understood.filter(([name]) => !shaping.has(name));
  const asked = describeQuery({ understood: [...condition, ['_count', '2']] });
  const { matches } = await parts.record.search(actor, type, asked, { handling: 'strict' });
  const [match] = matches;
  if (!match)
    throw problem('not-found', `No ${type} meets the condition ${type}?${query.slice(0, 200)}.`, {
      where: 'http.query',
    });
  if (matches.length > 1)
    throw problem('multiple-matches', `More than one ${type} meets the condition. Make it narrower.`, {
      where: 'http.query',
    });
  return match.id;
}

/** What shapes an answer, and is no part of a condition. */
const shaping = new Set([
  ...['_count', '_sort', '_page', '_total', '_summary', '_elements', '_format', '_pretty'],
  ...['_include', '_include:iterate', '_revinclude', '_revinclude:iterate'],
]);

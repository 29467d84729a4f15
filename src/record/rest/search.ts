import type { FastifyReply, FastifyRequest } from 'fastify';
import { quoted } from '../../fhir/message-text.ts';
import { nearestName } from '../../fhir/nearest-name.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import { parseSearch } from '../../fhir/parse-search.ts';
import { describeQuery } from '../../fhir/query-string.ts';
import { compartmentTypes } from '../../fhir/search-parameters.ts';
import { rootElements } from '../../fhir/subset.ts';
import { type Fault, Problem, problem } from '../../platform/problem.ts';
import { jsonOf, type Page, type Stored } from '../care-record.ts';
import { idOf, typeOf } from './address.ts';
import { sendJson, shaped } from './answer.ts';
import { type Found, searchsetText } from './bundle-text.ts';
import { refuseOtherType } from './media-types.ts';
import { pageLinks } from './paging.ts';
import { bytesOf, decoded } from './request-body.ts';
import { type Form, queryOf, searchForm } from './request-form.ts';
import { type Interaction, pathOf, type RestParts } from './rest-parts.ts';

interface Asked {
  /** Undefined: several types, or all. */
  readonly type: string | undefined;
  readonly query: string;
  readonly compartment?: { readonly type: string; readonly id: string };
}

/** GET [type]?… and GET ?… Source: FHIR R4, Search (search). */
export const search: Interaction = (parts, request, reply) => {
  const { type } = pathOf(request);
  return answer(parts, request, reply, {
    type: type === undefined ? undefined : typeOf(type),
    query: queryOf(request),
  });
};

/** POST [type]/_search and POST _search: parameters in the body, and in the address too. Source: FHIR R4, RESTful API. */
export const searchByPost: Interaction = (parts, request, reply) => {
  const { type } = pathOf(request);
  return answer(parts, request, reply, {
    type: type === undefined ? undefined : typeOf(type),
    query: sentQuery(request),
  });
};

/** GET [compartment]/[id]/[type] or /*, and POST …/_search. Source: FHIR R4, Search, Compartments. */
export const searchCompartment: Interaction = (parts, request, reply) => {
  const path = pathOf(request);
  const owner = typeOf(path['type']);
  if (!compartmentTypes.includes(owner))
    throw problem(
      'not-supported',
      `${owner} has no compartment. Compartments are of ${compartmentTypes.join(', ')}.`,
      { status: 404, where: 'http.path.type' },
    );
  const id = idOf(path['id']);
  const inside = path['inside'];
  return answer(parts, request, reply, {
    type: inside === undefined || inside === '*' ? undefined : typeOf(inside),
    query: request.method === 'POST' ? sentQuery(request) : queryOf(request),
    compartment: { type: owner, id },
  });
};

const formTypes = new Set(['application/x-www-form-urlencoded']);

function sentQuery(request: FastifyRequest): string {
  const bytes = bytesOf(request);
  if (bytes.length > 0) refuseOtherType(request.headers['content-type'], formTypes);
  return [queryOf(request), decoded(bytes).trim()].filter((part) => part !== '').join('&');
}

async function answer(
  parts: RestParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { type, query, compartment }: Asked,
): Promise<FastifyReply> {
  const { record, baseUrl, clock } = parts;
  const actor = await parts.actorOf(request);
  const form = searchForm(request, query);
  const { handling } = form.prefer;
  const strange = strangeElements(type, form);
  if (handling === 'strict' && strange.length > 0) throw new Problem(strange, { status: 400 });
  const options = compartment ? { handling, compartment } : { handling };
  const page = await record.search(actor, type, query, options);
  const warnings = [...page.warnings, ...strange.map((f) => ({ ...f, severity: 'warning' as const }))];
  const below = [compartment?.type, compartment?.id, type ?? (compartment && '*')];
  const address = [baseUrl, ...below.filter((step) => step !== undefined)].join('/');
  const self = page.warnings.length === 0 ? query : understoodPart(type, query, baseUrl);
  const total = page.total ?? countedTotal(page, query);
  const body = searchsetText({
    baseUrl,
    links: pageLinks(address, self, page.next),
    at: clock.now(),
    matches: page.matches.map((stored) => foundOf(stored, form)),
    // _elements is about the resources searched for (R4, Search): of others its names would mean other things.
    included: page.included.map((stored) => foundOf(stored, form.elements ? plainForm(form) : form)),
    ...(total === undefined ? {} : { total }),
    ...(warnings.length === 0 ? {} : { outcome: operationOutcome(warnings) }),
  });
  return sendJson(reply, form, body);
}

/** A first page without a next is all there is, so its total costs nothing. */
function countedTotal(page: Page, query: string): number | undefined {
  const whole = page.next === undefined && !/_page|_total|_count=0(?:&|$)|%/.test(query);
  return whole ? page.matches.length : undefined;
}

function foundOf(stored: Stored, form: Form): Found {
  const json = jsonOf(stored);
  if (json === undefined) throw new Error(`A search found ${stored.type}/${stored.id}, which is deleted`);
  return { type: stored.type, id: stored.id, body: shaped(json, stored.type, form) };
}

function plainForm({ contentType, pretty, prefer }: Form): Form {
  return { contentType, pretty, prefer };
}

/** The parameters that were not left out: those that the `self` link may have (R4, Search). */
function understoodPart(type: string | undefined, query: string, baseUrl: string): string {
  return describeQuery(parseSearch(type, query, { handling: 'lenient', baseUrl }));
}

/** Names in `_elements` that the type does not have. */
function strangeElements(type: string | undefined, form: Form): Fault[] {
  if (type === undefined || !form.elements) return [];
  const known = rootElements(type);
  return form.elements
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearestName(name, known);
      return {
        kind: 'not-supported',
        severity: 'error',
        message: `${type} has no element ${quoted(name)}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
        where: 'http.query._elements',
      };
    });
}

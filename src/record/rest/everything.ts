import type { Parameters } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import { quoted } from '../../fhir/message-text.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import { describeQuery } from '../../fhir/query-string.ts';
import { parseCount, parseTypes } from '../../fhir/search-controls.ts';
import { validate } from '../../fhir/validate.ts';
import { type Fault, Problem, problem } from '../../platform/problem.ts';
import { type EverythingOptions, jsonOf } from '../care-record.ts';
import { readResource } from '../prepare.ts';
import { idOf, typeOf } from './address.ts';
import { sendJson, shaped } from './answer.ts';
import { searchsetText } from './bundle-text.ts';
import { unknownOperation } from './operations.ts';
import { pageLinks } from './paging.ts';
import { bytesOf, textOf } from './request-body.ts';
import { only, requestForm } from './request-form.ts';
import { timeOf } from './request-time.ts';
import { type Interaction, pathOf } from './rest-parts.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

const names = ['_since', '_type', 'start', 'end', '_count', '_page'];

/** GET or POST Patient/[id]/$everything. Source: FHIR R4 Patient operation $everything. */
export const everything: Interaction = async (parts, request, reply) => {
  const { record, baseUrl, clock } = parts;
  const actor = await parts.actorOf(request);
  const path = pathOf(request);
  const type = typeOf(path['type']);
  const id = idOf(path['id']);
  if (type !== 'Patient') throw unknownOperation('$everything', type, '[id]');
  const form = requestForm(request, names);
  const sent = sentParameters(request);
  const parameters = [...form.parameters, ...sent.known];
  const warnings = [...form.warnings, ...sent.warnings];
  if (form.prefer.handling === 'strict' && warnings.length > 0) throw new Problem(warnings, { status: 400 });
  const page = await record.everything(actor, id, optionsOf(parameters));
  if (!page) throw problem('not-found', `There is no Patient/${id}.`, { where: 'http.path.id' });
  const found = (stored: (typeof page.matches)[number]) => {
    const json = jsonOf(stored);
    if (json === undefined) throw new Error(`${stored.type}/${stored.id} has no body`);
    return { type: stored.type, id: stored.id, body: shaped(json, stored.type, form) };
  };
  const told = [...page.warnings, ...warnings];
  const body = searchsetText({
    baseUrl,
    links: pageLinks(
      `${baseUrl}/Patient/${id}/$everything`,
      describeQuery({ understood: parameters }),
      page.next,
    ),
    at: clock.now(),
    matches: page.matches.map(found),
    included: page.included.map(found),
    ...(page.total === undefined ? {} : { total: page.total }),
    ...(told.length === 0 ? {} : { outcome: operationOutcome(told) }),
  });
  return sendJson(reply, form, body);
};

/** The parameters of a posted Parameters resource, as if they stood in the address. */
function sentParameters(request: FastifyRequest): { known: Pairs; warnings: readonly Fault[] } {
  if (request.method !== 'POST' || bytesOf(request).length === 0) return { known: [], warnings: [] };
  const resource = readResource(textOf(request), 'Parameters');
  const faults = validate(resource);
  if (faults.some((fault) => fault.severity === 'error')) throw new Problem(faults, { status: 400 });
  const known: (readonly [string, string])[] = [];
  const warnings: Fault[] = [];
  for (const [index, parameter] of ((resource as Parameters).parameter ?? []).entries()) {
    const where = `Parameters.parameter[${index}]`;
    const { name } = parameter;
    const value = writtenValue(parameter);
    if (name === undefined || !names.includes(name)) {
      const message = `${quoted(name ?? '')} is no parameter of $everything, and was left out.`;
      warnings.push({ kind: 'not-supported', severity: 'warning', message, where });
    } else if (typeof value !== 'string' && typeof value !== 'number')
      throw problem('value', `${name} takes one plain value.`, { status: 400, where });
    else known.push([name, String(value)]);
  }
  return { known, warnings };
}

function writtenValue(parameter: object): unknown {
  return Object.entries(parameter).find(([key]) => key.startsWith('value'))?.[1];
}

function optionsOf(parameters: Pairs): EverythingOptions {
  const since = only(parameters, '_since');
  const start = only(parameters, 'start');
  const end = only(parameters, 'end');
  const count = only(parameters, '_count');
  const cursor = only(parameters, '_page');
  const types = parameters
    .filter(([name]) => name === '_type')
    .flatMap(([, value]) => parseTypes(value, 'http.query._type'));
  return {
    ...(since === undefined ? {} : { since: timeOf(since, '_since').low }),
    ...(start === undefined ? {} : { start: timeOf(start, 'start').low }),
    ...(end === undefined ? {} : { end: timeOf(end, 'end').high }),
    ...(count === undefined ? {} : { count: parseCount(count, 'http.query._count') }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(types.length === 0 ? {} : { types: [...new Set(types)] }),
  };
}

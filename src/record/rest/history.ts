import { describeQuery } from '../../fhir/query-string.ts';
import { parseCount } from '../../fhir/search-controls.ts';
import { problem } from '../../platform/problem.ts';
import type { HistoryOptions } from '../care-record.ts';
import { idOf, typeOf } from './address.ts';
import { sendJson, shaped, warn } from './answer.ts';
import { historyText } from './bundle-text.ts';
import { pageLinks } from './paging.ts';
import { only, requestForm } from './request-form.ts';
import { timeOf } from './request-time.ts';
import { type Interaction, pathOf } from './rest-parts.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

/** GET [type]/[id]/_history, [type]/_history and _history. Source: FHIR R4, RESTful API (history). */
export const history: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const path = pathOf(request);
  const type = path['type'] === undefined ? undefined : typeOf(path['type']);
  const id = path['id'] === undefined ? undefined : idOf(path['id']);
  const form = requestForm(request, ['_count', '_since', '_at', '_page']);
  const page = await parts.record.history(actor, type, id, optionsOf(form.parameters));
  if (!page) throw problem('not-found', `There never was a ${type}/${id}.`, { where: 'http.path.id' });
  const below = [type, id, '_history'].filter((step) => step !== undefined).join('/');
  const body = historyText({
    baseUrl: parts.baseUrl,
    links: pageLinks(`${parts.baseUrl}/${below}`, describeQuery({ understood: form.parameters }), page.next),
    at: parts.clock.now(),
    versions: page.versions,
    bodyOf: (json, type) => shaped(json, type, form),
    ...(page.total === undefined ? {} : { total: page.total }),
  });
  warn(reply, form);
  return sendJson(reply, form, body);
};

function optionsOf(parameters: Pairs): HistoryOptions {
  const count = only(parameters, '_count');
  const since = only(parameters, '_since');
  const at = only(parameters, '_at');
  const cursor = only(parameters, '_page');
  return {
    ...(count === undefined ? {} : { count: parseCount(count, 'http.query._count') }),
    ...(since === undefined ? {} : { since: timeOf(since, '_since').low }),
    ...(at === undefined ? {} : { at: timeOf(at, '_at') }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

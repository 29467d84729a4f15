/** Pages to bring in roads, from an extract of OpenStreetMap. The file is read as it comes and never kept. */
import type { FastifyInstance } from 'fastify';
import { Problem, problem } from '../../../platform/problem.ts';
import { formatMoment } from '../../../web/dates.ts';
import { errorsForPage, type FieldError } from '../../../web/form-fields.ts';
import { boundaryOf, multipartParts } from '../../../web/uploads/multipart.ts';
import { importRoads } from './import-roads.ts';
import { type PlanPageNeeds, plannerOf, whole } from './page-parts.ts';

const path = '/lines/plans/roads';
const mostBytes = 256 * 1024 * 1024;

export function roadPages(app: FastifyInstance, needs: PlanPageNeeds): void {
  const { shell, roads, newId, clock } = needs;

  const page = async (typed: { name: string }, errors: readonly FieldError[]) => ({
    title: `${errors.length > 0 ? 'Error: ' : ''}Roads that trenches follow`,
    ...{ typed, ...errorsForPage(errors), key: newId() },
    maps: (await roads.list()).map(({ name, kilometres, stretches, added, addedBy }) => ({
      ...{ name, kilometres: whole(kilometres), stretches: whole(stretches), by: addedBy },
      added: formatMoment(added),
    })),
  });

  app.get(path, async (request, reply) => {
    plannerOf(needs, request);
    return shell.renderPage(reply, 'line-plan/roads.njk', await page({ name: '' }, []));
  });

  void app.register(async (scope) => {
    scope.addContentTypeParser('multipart/form-data', { bodyLimit: mostBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.post(path, { bodyLimit: mostBytes }, async (request, reply) => {
      const viewer = plannerOf(needs, request);
      const boundary = boundaryOf(request.headers['content-type']);
      if (boundary === undefined) throw problem('structure', 'The form did not come whole. Send it again.');
      const fields = { name: '', form: '' };
      const errors: FieldError[] = [];
      let map: Awaited<ReturnType<typeof importRoads>> | undefined;
      for await (const part of multipartParts(request.body as AsyncIterable<Uint8Array>, boundary)) {
        if (part.filename === undefined) {
          const text = await textOf(part.content);
          if (part.name === 'name' || part.name === 'form') fields[part.name] = text.trim();
          continue;
        }
        if (part.filename === '') {
          await textOf(part.content);
          continue;
        }
        try {
          map = await importRoads(fields.name, decoded(part.content));
        } catch (error) {
          if (!(error instanceof Problem) || error.status >= 500) throw error;
          errors.push({ field: 'file', text: `Nothing was loaded. ${error.message}` });
          break;
        }
      }
      if (fields.name === '') errors.unshift({ field: 'name', text: 'Enter a name for these roads' });
      else if (fields.name.length > 120)
        errors.unshift({ field: 'name', text: 'The name must be 120 characters or fewer' });
      if (!map && errors.every(({ field }) => field !== 'file'))
        errors.push({ field: 'file', text: 'Choose a file of roads' });
      if (errors.length > 0 || !map) {
        reply.code(422);
        return shell.renderPage(reply, 'line-plan/roads.njk', await page({ name: fields.name }, errors));
      }
      const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(fields.form) ? fields.form : newId();
      await roads.add(map, { id, added: clock.now(), addedBy: viewer.name });
      return reply.redirect(path, 303);
    });
  });
}

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of decoded(content)) {
    text += piece;
    if (text.length > 10_000) throw problem('too-long', 'The form is too long.');
  }
  return text;
}

async function* decoded(content: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of content) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

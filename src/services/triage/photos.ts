/** Photos that came with a request: each a document that points at it, and its file. */
import type { Binary, DocumentReference } from '@medplum/fhirtypes';
import type { FastifyInstance } from 'fastify';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { readNow } from '../../web/record-reading.ts';
import { mayAnswer, type Visits } from './visit.ts';

export interface Photo {
  readonly document: DocumentReference;
  readonly title: string;
  /** Id of the Binary. */
  readonly file: string;
}

const most = 20;
const shown = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/heic', 'application/pdf']);

/** As the actor sees them. */
export async function photosOf(record: CareRecord, actor: Actor, task: string): Promise<readonly Photo[]> {
  const { matches } = await record.search(actor, 'DocumentReference', `related=Task/${task}&_count=${most}`);
  return matches.flatMap((stored) => {
    if (!stored.body) return [];
    const document = resourceOf<DocumentReference>(stored);
    const file = /^Binary\/([A-Za-z0-9.-]{1,64})$/.exec(document.content[0]?.attachment.url ?? '')?.[1];
    return file === undefined ? [] : [{ document, file, title: document.description ?? 'Photo' }];
  });
}

/** The file itself, for those who answer what is about health; of someone not matched, for the team. */
export function photoRoute(
  app: FastifyInstance,
  { record, visits }: { readonly record: CareRecord; readonly visits: Visits },
): void {
  app.get('/triage/:task/photos/:photo', async (request, reply) => {
    const visit = await visits.ofRequest(request);
    const { photo = '' } = request.params as { readonly photo?: string }; // the path names it
    const actor = visit.task.for === undefined && mayAnswer(visit) ? visit.trusted : visit.actor;
    const found = (await photosOf(record, actor, visit.task.id ?? '')).find(
      ({ document }) => document.id === photo,
    );
    const file = found ? await readNow<Binary>({ record, actor }, 'Binary', found.file) : undefined;
    if (!file?.data || !shown.has(file.contentType))
      throw problem('not-found', 'There is no such photo of this request.');
    return reply
      .type(file.contentType)
      .header('cache-control', 'private, no-store')
      .header('content-disposition', 'inline')
      .send(Buffer.from(file.data, 'base64'));
  });
}

/** Sends a request: one commit, done once however often it is asked, and from wherever a killed process left it. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Task } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { readNow } from '../../web/record-reading.ts';
import type { Asked } from './asking.ts';
import type { Photo } from './draft.ts';
import type { HelpNeeds } from './needs.ts';
import { requestResources, type TakenPhoto } from './request.ts';
import { trustedReading } from './trusted.ts';

export const photoPurpose = 'help-photo';
export const requestHref = (id: string): string => `/get-help/requests/${id}`;

/** What is needed and lacks before it can be sent; empty where nothing does. */
export function lacking({ draft, form, person, visitor }: Asked): string {
  const { said, practice } = draft;
  if (form.kind === 'registration') return practice ? '' : 'practice';
  if (person) return person.practice ? '' : 'no-practice';
  if (visitor.identity?.kind === 'person' && visitor.patients.length > 1 && !said) return 'person';
  return said && practice ? '' : 'who';
}

/** Takes photos out of the uploads, for the record. Ids are those of the uploads: written twice they are one. */
export async function takePhotos(
  { uploads }: Pick<HelpNeeds, 'uploads'>,
  account: string | undefined,
  photos: readonly Photo[],
): Promise<readonly TakenPhoto[]> {
  if (account === undefined) return [];
  const taken: TakenPhoto[] = [];
  for (const { id, name } of photos) {
    const file = await uploads.take(account, id, photoPurpose);
    taken.push({ id, type: file.type, title: name || 'Photo', data: await uploads.contentOf(file) });
  }
  return taken;
}

/** Whoever sends it at the same moment from another page waits for that one. ms. */
const waits = [100, 300, 600, 1000, 2000];

export async function sendRequest(needs: HelpNeeds, request: FastifyRequest, asked: Asked): Promise<string> {
  const { drafts, visitors, record, clock } = needs;
  const { draft, form, person, visitor } = asked;
  const reading = trustedReading(needs, request);
  const account = visitor.identity?.account;
  const isSent = async () => (await readNow<Task>(reading, 'Task', draft.id)) !== undefined;

  const finish = async () => {
    await drafts.follow(visitor.holder, draft.id);
    if (account !== undefined) for (const { id } of draft.photos) await needs.uploads.forget(account, id);
    await drafts.remove(draft.id);
    return requestHref(draft.id);
  };
  if (await isSent()) return finish();
  if (!(await drafts.claim(draft.id))) {
    for (const ms of waits) {
      await pause(ms);
      if (await isSent()) return requestHref(draft.id);
    }
    throw problem(
      'conflict',
      'This request is being sent from another page. Wait a moment, then open it again.',
      {
        headers: { 'retry-after': '5' },
      },
    );
  }
  if (await isSent()) return finish();

  const practice = person?.practice && form.kind !== 'registration' ? person.practice : await chosen();
  async function chosen() {
    const one = (await visitors.practices()).find(({ id }) => id === draft.practice);
    if (!one) throw problem('business-rule', 'Choose the GP practice that this is for.');
    return one;
  }
  const said = form.kind === 'registration' ? saidInForm(asked) : draft.said;
  const parts = {
    ...{ form, practice, now: clock.now() },
    draft: said ? { ...draft, said } : draft,
    ...(person && form.kind !== 'registration' ? { person } : {}),
    asker: await visitors.askerOf(
      visitor,
      form.kind === 'registration' ? undefined : person,
      said?.name ?? '',
    ),
    photos: await takePhotos(needs, account, draft.photos),
  };
  await record.commit(
    reading.actor,
    requestResources(parts).map((resource) => ({
      ...{ kind: 'update', type: resource.resourceType, id: resource.id ?? '' },
      text: JSON.stringify(resource),
    })),
  );
  return finish();
}

/** Who someone who registers says they are. */
function saidInForm({ draft: { answers } }: Asked) {
  const text = (linkId: string): string =>
    answers[linkId]?.[0]?.valueString ?? answers[linkId]?.[0]?.valueDate ?? '';
  return {
    name: `${text('reg-given')} ${text('reg-family')}`.trim(),
    born: text('reg-born'),
    nhsNumber: text('reg-nhs-number').replaceAll(/\D/g, ''),
    telephone: text('reg-phone'),
  };
}

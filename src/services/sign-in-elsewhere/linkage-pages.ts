/** Where a practice gives a patient linkage details on paper. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { linkageDays } from '../../access/linking/linkage-keys.ts';
import { problem } from '../../platform/problem.ts';
import { formatDate } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import type { ElsewhereNeeds } from './page-parts.ts';

/** Who hands out linkage details at a practice, having checked the person's identity at the desk. */
const issuers: ReadonlySet<string> = new Set(['receptionist', 'practice-manager']);

export function linkagePages(
  app: FastifyInstance,
  { shell, linking, actorOf, identityOf, clock }: ElsewhereNeeds,
): void {
  const checkRole = (request: FastifyRequest): void => {
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to give someone linkage details.');
    if (identity.kind !== 'staff' || !issuers.has(identity.post.role))
      throw problem('forbidden', 'Receptionists and practice managers give linkage details.');
  };

  app.get<{ Params: { id: string } }>('/people/:id/linkage-details', async (request, reply) => {
    checkRole(request);
    const patient = await linking.patientFor(actorOf(request), request.params.id);
    return shell.renderPage(reply, 'sign-in-elsewhere/linkage-offer.njk', {
      title: 'Give linkage details',
      name: plainName(chooseName(patient.name, new Date(clock.now()).toISOString().slice(0, 10))),
      born: formatDate(patient.birthDate),
      days: linkageDays,
      action: `/people/${encodeURIComponent(request.params.id)}/linkage-details`,
      back: `/people/${encodeURIComponent(request.params.id)}`,
    });
  });

  // The page itself is the answer, as the key is kept nowhere: sending the form again makes new details.
  app.post<{ Params: { id: string } }>('/people/:id/linkage-details', async (request, reply) => {
    checkRole(request);
    const issued = await linking.issue(actorOf(request), request.params.id);
    const { patient, key, accountId, odsCode, practice, expires } = issued;
    return shell.renderPage(reply, 'sign-in-elsewhere/linkage-letter.njk', {
      title: 'Linkage details',
      name: plainName(chooseName(patient.name, new Date(clock.now()).toISOString().slice(0, 10))),
      accountId: accountId.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1 $2 $3'),
      key,
      odsCode,
      practice,
      until: formatDate(new Date(expires).toISOString().slice(0, 10)),
      back: `/people/${encodeURIComponent(request.params.id)}`,
    });
  });
}

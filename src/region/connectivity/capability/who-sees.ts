/** Who may see what the line of a site carries: those who see every line, those of the site itself, and programs. */
import type { FastifyRequest } from 'fastify';
import { mayDo, roleOf } from '../../../access/roles.ts';
import { problem } from '../../../platform/problem.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import type { Register } from '../model.ts';

export type WhoNeeds = Pick<RoomNeeds, 'actorOf' | 'identityOf' | 'record'> & {
  readonly register: Pick<Register, 'sitesOf'>;
};

/** Ids of the sites whose lines someone may see; undefined: all. Throws 401 for strangers, 403 for who may see none. */
export async function sitesSeenBy(
  { actorOf, identityOf, register }: WhoNeeds,
  request: FastifyRequest,
): Promise<readonly string[] | undefined> {
  const actor = actorOf(request);
  const identity = identityOf(request);
  if (identity?.kind === 'staff') {
    const { role, organisation } = identity.post;
    if (mayDo(role, 'see-lines')) return undefined;
    if (mayDo(role, 'see-own-lines')) return register.sitesOf(organisation);
  } else if (!identity && actor.sight === 'everything') return undefined;
  throw problem('forbidden', 'Your role does not see the lines of sites.');
}

/**
 * Throws 404 where a person may not see the line of a site. A program may where it may read the site’s Location: what a line
 * carries says nothing of any patient, but apps that patients use have no business with it.
 */
export async function requireSite(needs: WhoNeeds, request: FastifyRequest, site: string): Promise<void> {
  const actor = needs.actorOf(request);
  if (!needs.identityOf(request) && actor.sight !== 'everything') {
    if (roleOf(actor.role)?.holder === 'person')
      throw problem('forbidden', 'This app may not ask about lines.');
    if (await needs.record.read(actor, 'Location', site)) return;
    throw problem('not-found', 'There is no such site among those that this token lets you read.');
  }
  const seen = await sitesSeenBy(needs, request);
  if (seen && !seen.includes(site))
    throw problem('not-found', 'There is no such site among those that you see.');
}

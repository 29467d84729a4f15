/** Who may test lines, see their readings and hand out tokens: those who keep or see all lines, and staff of the site's organisation. */
import type { FastifyRequest } from 'fastify';
import { mayDo } from '../../../access/roles.ts';
import { problem } from '../../../platform/problem.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import type { LineSite, Register } from '../model.ts';

export type WhoNeeds = Pick<RoomNeeds, 'actorOf' | 'identityOf'> & {
  readonly register: Pick<Register, 'site' | 'sitesOf'>;
};

export interface Measurer {
  /** `Practitioner/9` */
  readonly id: string;
  readonly name: string;
  /** Of the organisation that they work for. */
  readonly own: readonly string[];
  readonly seesAll: boolean;
  readonly managesAll: boolean;
  /** They may hand out tokens for their own sites. */
  readonly managesOwn: boolean;
}

/** Throws 401 for strangers, 403 for who is no staff of a place with a line. */
export async function measurerOf(
  { actorOf, identityOf, register }: WhoNeeds,
  request: FastifyRequest,
): Promise<Measurer> {
  const actor = actorOf(request);
  const identity = identityOf(request);
  if (identity?.kind === 'staff') {
    const { role, organisation } = identity.post;
    return {
      ...{ id: actor.id, name: actor.name, own: await register.sitesOf(organisation) },
      seesAll: mayDo(role, 'see-lines') || mayDo(role, 'manage-lines'),
      managesAll: mayDo(role, 'manage-lines'),
      managesOwn: mayDo(role, 'see-own-lines'),
    };
  }
  if (!identity && actor.sight === 'everything')
    return { id: actor.id, name: actor.name, own: [], seesAll: true, managesAll: true, managesOwn: true };
  throw problem('forbidden', 'Lines of sites are for the staff who work there.');
}

/** A site that they may do something with. Throws 404 for others: whether there is one is not for them. */
export async function siteFor(
  needs: WhoNeeds,
  request: FastifyRequest,
  id: string,
  what: 'see' | 'test' | 'manage',
): Promise<{ readonly site: LineSite; readonly measurer: Measurer }> {
  const measurer = await measurerOf(needs, request);
  const isOwn = measurer.own.includes(id);
  const may = {
    see: isOwn || measurer.seesAll,
    test: isOwn || measurer.managesAll,
    manage: measurer.managesAll || (isOwn && measurer.managesOwn),
  }[what];
  const site = may ? await needs.register.site(id) : undefined;
  if (!site) throw problem('not-found', 'There is no such site among those that you see.');
  return { site, measurer };
}

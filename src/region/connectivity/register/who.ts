/** Who may see which sites: all of them, or those of the organisation they work for. */
import type { FastifyRequest } from 'fastify';
import type { Identity } from '../../../access/identity.ts';
import { mayDo } from '../../../access/roles.ts';
import { problem } from '../../../platform/problem.ts';
import type { Actor } from '../../../record/actor.ts';
import type { By, LineSite, Register } from '../model.ts';

export interface Viewer {
  /** May change the register. */
  readonly manages: boolean;
  /** Sees every site; otherwise those of their organisation alone. */
  readonly seesAll: boolean;
  /** Id of the Organization that they work for. */
  readonly organisation: string;
  readonly by: By;
}

export interface WhoParts {
  readonly actorOf: (request: FastifyRequest) => Actor;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  readonly store: Pick<Register, 'site' | 'sites' | 'sitesOf'>;
}

export interface Who {
  /** Throws 401 for strangers and 403 for those who have no business with lines. */
  readonly viewer: (request: FastifyRequest) => Viewer;
  /** Throws 403 for those who do not keep the register. */
  readonly manager: (request: FastifyRequest) => Viewer;
  /** Throws 404 for sites that are not there, and for those of others. */
  readonly site: (request: FastifyRequest, id: string) => Promise<{ viewer: Viewer; site: LineSite }>;
  /** All that they may see. */
  readonly sites: (viewer: Viewer, closed?: boolean) => Promise<readonly LineSite[]>;
}

export function whoOf({ actorOf, identityOf, store }: WhoParts): Who {
  const viewer = (request: FastifyRequest): Viewer => {
    const identity = identityOf(request);
    if (!identity) actorOf(request); // throws for strangers
    if (identity?.kind !== 'staff')
      throw problem('forbidden', 'Lines are shown to those who run them, and to the places that have them.');
    const { role, organisation } = identity.post;
    const manages = mayDo(role, 'manage-lines');
    const seesAll = manages || mayDo(role, 'see-lines');
    if (!seesAll && !mayDo(role, 'see-own-lines'))
      throw problem(
        'forbidden',
        'Your role does not see lines. A practice manager or the connectivity lead does.',
      );
    return {
      ...{ manages, seesAll, organisation: organisation.replace(/^Organization\//, '') },
      by: { id: identity.user, name: identity.name, via: 'page' },
    };
  };
  return {
    viewer,
    manager: (request) => {
      const known = viewer(request);
      if (!known.manages)
        throw problem('forbidden', 'Only the connectivity lead changes the register of lines.');
      return known;
    },
    site: async (request, id) => {
      const known = viewer(request);
      const site = await store.site(id);
      const isTheirs = site && (known.seesAll || site.organisation?.id === known.organisation);
      if (!site || !isTheirs)
        throw problem('not-found', 'There is no such site among those that you may see.');
      return { viewer: known, site };
    },
    sites: async (known, closed = false) =>
      known.seesAll
        ? store.sites({ closed })
        : store.sites({ closed, ids: await store.sitesOf(known.organisation) }),
  };
}

/** What the other parts of the programme add to the register's pages: sections of a site, layers of its map. */
import type { FastifyRequest } from 'fastify';
import type { MapClass } from '../../../web/map-svg.ts';
import type { Circuit, LineSite } from '../model.ts';

/** What a section is made from. Whoever asks may see the site: that has been checked. */
export interface SiteAsked {
  readonly site: LineSite;
  readonly circuits: readonly Circuit[];
  readonly request: FastifyRequest;
  /** They keep the register, plan and order: `manage-lines`. */
  readonly manages: boolean;
}

/** Stands on the site's page under a heading of its own. The template finds its data as `section`, and `site`, `manages`. */
export interface SiteSection {
  /** Of the heading, for links: `#speed`. Letters, digits, hyphens. */
  readonly id: string;
  readonly title: string;
  /** A template of the part's own views: `line-measure/site-section.njk`. It may import macros. */
  readonly template: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Undefined: nothing to say of this site, or to this person. */
export type SectionOf = (asked: SiteAsked) => Promise<SiteSection | undefined>;

/** How sites may be told apart on the map. */
export interface MapLayer {
  /** In the address: `?layer=capability`. */
  readonly key: string;
  /** “What care the line can carry” */
  readonly title: string;
  /** One of four or five, in the order of the key. */
  readonly classes: readonly MapClass[];
  /** Key of the class of each site, and what to say of it: “0.4 Mbit/s up”. Sites that are left out are not on the layer. */
  readonly of: (
    sites: readonly LineSite[],
  ) => Promise<ReadonlyMap<string, { readonly class: string; readonly words: string }>>;
}

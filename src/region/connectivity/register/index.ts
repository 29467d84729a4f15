/** The register of sites, their lines and who provides them. */
import { fileURLToPath } from 'node:url';
import { rolesThatMay } from '../../../access/roles.ts';
import type { Region } from '../../../demo/model.ts';
import type { Room, RoomNeeds } from '../../../web/room.ts';
import { type Areas, openAreas } from './areas.ts';
import { demonstrateAreas } from './demonstrate.ts';
import { followRecord } from './follow-record.ts';
import { formPages } from './form-pages.ts';
import { openStaged } from './import/staged.ts';
import { importPages } from './import-pages.ts';
import { judgeOf } from './land.ts';
import { technologyLayer } from './map.ts';
import { mapPages } from './map-pages.ts';
import { registerPages } from './pages.ts';
import type { MapLayer, SectionOf } from './parts.ts';
import { openStore, type RegisterStore } from './store.ts';
import { whoOf } from './who.ts';

export type { MapLayer, SectionOf, SiteAsked, SiteSection } from './parts.ts';

export interface LineRegister extends Room {
  readonly store: RegisterStore;
  /** Boundaries, such as of integrated care boards. */
  readonly areas: Areas;
  /** Adds a section to the page of every site, `/lines/sites/:id`. Below 10 it stands above the lines, else below them; of two, the lower comes first. */
  readonly addSection: (order: number, section: SectionOf) => void;
  /** Adds a way to tell sites apart on the map, `/lines/map?layer=`. The register’s own, by technology, comes first. */
  readonly addLayer: (layer: MapLayer) => void;
  /** Gives the maps the ground of the demonstration. */
  readonly demonstrate: (region: Region) => Promise<void>;
}

export function openRegister(needs: RoomNeeds): LineRegister {
  const { shell, database, record, clock, ownActor, isDemonstration } = needs;
  const areas = openAreas(database);
  const judge = async () => {
    const shapes = await areas.shapes();
    return judgeOf(
      shapes.map(({ shape }) => shape),
      { isDemonstration },
    );
  };
  const store = openStore({ database, record, clock, ownActor, judge });
  const follow = followRecord({ ...needs, store });
  const staged = openStaged({ ...needs, store, areas, judge });
  const who = whoOf({ ...needs, store });
  shell.addViews('line-register', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    ...{ href: '/lines', text: 'Lines', about: 'See each site’s line, and what it carries.' },
    roles: [...new Set((['manage-lines', 'see-lines', 'see-own-lines'] as const).flatMap(rolesThatMay))],
  });
  const sections: { readonly order: number; readonly section: SectionOf }[] = [];
  const layers: MapLayer[] = [technologyLayer(async () => (await store.whole()).circuitsOf)];
  return {
    ...{ store, areas },
    addSection: (order, section) => {
      sections.push({ order, section });
      sections.sort((a, b) => a.order - b.order);
    },
    addLayer: (layer) => {
      layers.push(layer);
    },
    close: follow,
    demonstrate: (region) => demonstrateAreas(areas, region),
    register: (app) => {
      const parts = { ...needs, store, areas, who, sections, judge };
      registerPages(app, parts);
      formPages(app, parts);
      importPages(app, { ...parts, staged });
      mapPages(app, { ...parts, layers: () => layers });
    },
  };
}

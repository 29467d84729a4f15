/** The register of sites, their lines and who provides them. */
import type { Room, RoomNeeds } from '../../../web/room.ts';
import { type Areas, openAreas } from './areas.ts';
import { judgeOf } from './land.ts';
import type { MapLayer, SectionOf } from './parts.ts';
import { openStore, type RegisterStore } from './store.ts';

export type { MapLayer, SectionOf, SiteAsked, SiteSection } from './parts.ts';

export interface LineRegister extends Room {
  readonly store: RegisterStore;
  /** Boundaries, such as of integrated care boards. */
  readonly areas: Areas;
  /** Adds a section to the page of every site, `/lines/sites/:id`. The register’s own stand at 10 to 30; of two, the lower comes first. */
  readonly addSection: (order: number, section: SectionOf) => void;
  /** Adds a way to tell sites apart on the map, `/lines/map?layer=`. The register’s own, by technology, comes first. */
  readonly addLayer: (layer: MapLayer) => void;
}

export function openRegister(needs: RoomNeeds): LineRegister {
  const { database, record, clock, ownActor, isDemonstration } = needs;
  const areas = openAreas(database);
  const judge = async () => {
    const shapes = await areas.shapes();
    return judgeOf(
      shapes.map(({ shape }) => shape),
      { isDemonstration },
    );
  };
  const store = openStore({ database, record, clock, ownActor, judge });
  const sections: { readonly order: number; readonly section: SectionOf }[] = [];
  const layers: MapLayer[] = [];
  return {
    ...{ store, areas },
    addSection: (order, section) => {
      sections.push({ order, section });
      sections.sort((a, b) => a.order - b.order);
    },
    addLayer: (layer) => {
      layers.push(layer);
    },
    register: () => {},
  };
}

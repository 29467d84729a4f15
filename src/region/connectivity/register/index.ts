/** The register of sites, their lines and who provides them. */
import type { Room, RoomNeeds } from '../../../web/room.ts';
import type { MapLayer, SectionOf } from './parts.ts';
import { openStore, type RegisterStore } from './store.ts';

export type { MapLayer, SectionOf, SiteAsked, SiteSection } from './parts.ts';

export interface LineRegister extends Room {
  readonly store: RegisterStore;
  /** Adds a section to the page of every site, `/lines/sites/:id`. The register’s own stand at 10 to 30; of two, the lower comes first. */
  readonly addSection: (order: number, section: SectionOf) => void;
  /** Adds a way to tell sites apart on the map, `/lines/map?layer=`. The register’s own, by technology, comes first. */
  readonly addLayer: (layer: MapLayer) => void;
}

export function openRegister(needs: RoomNeeds): LineRegister {
  const store = openStore(needs);
  const sections: { readonly order: number; readonly section: SectionOf }[] = [];
  const layers: MapLayer[] = [];
  return {
    store,
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

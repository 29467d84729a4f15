/** What care each line can carry: judged by published rules, shown, and told to the rooms that depend on it. */
import { fileURLToPath } from 'node:url';
import { rolesThatMay } from '../../../access/roles.ts';
import { formatMoment } from '../../../web/dates.ts';
import type { Room, RoomNeeds } from '../../../web/room.ts';
import type { Capability, Incidents, Readings, Register } from '../model.ts';
import type { MapLayer, SectionOf } from '../register/parts.ts';
import { capabilityApi } from './api.ts';
import { basisWords, careRows, durationWords, heldWords } from './care-words.ts';
import { type Judgement, openJudgement } from './judge-sites.ts';
import { careLayer } from './map-layer.ts';
import { measuredLines } from './measured-lines.ts';
import { capabilityPages } from './pages.ts';
import { isEven, weekTable } from './week-table.ts';

export interface CapabilityNeeds extends RoomNeeds {
  readonly register: Register;
  readonly readings: Readings;
  readonly incidents: Incidents;
  readonly addSection: (order: number, section: SectionOf) => void;
  readonly addLayer: (layer: MapLayer) => void;
}

export interface LineCapability extends Room {
  readonly capability: Capability;
}

/** Among the sections of a site: after what the line is. */
const sectionOrder = 40;

export function openCapability(needs: CapabilityNeeds): LineCapability {
  const { shell, clock, register } = needs;
  const judgement = openJudgement(needs);
  shell.addViews('line-care', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    ...{ href: '/lines/held-back', text: 'Care held back by lines', place: 'more' },
    about: 'See which lines hold back most video consultations and images.',
    roles: [...rolesThatMay('see-lines'), ...rolesThatMay('see-own-lines')],
  });
  needs.addSection(sectionOrder, siteSection(judgement, clock));
  needs.addLayer(careLayer(judgement, clock));
  shell.measureLine(measuredLines({ ...needs, judgement, sitesOf: register.sitesOf }));
  return {
    capability: judgement,
    register: (app) => {
      capabilityPages(app, { ...needs, judgement });
      app.register(capabilityApi({ ...needs, judgement }));
    },
  };
}

const siteSection =
  (judgement: Judgement, clock: RoomNeeds['clock']): SectionOf =>
  async ({ site }) => {
    const [now, week, all] = await Promise.all([
      judgement.siteCapability(site.id, clock.now()),
      judgement.siteWeek(site),
      judgement.heldBack([site.id]),
    ]);
    const held = all.get(site.id);
    const { imageHours } = held ?? {};
    const isKnown = now.basis !== 'unknown';
    return {
      ...{ id: 'care', title: 'What care the line can carry', template: 'line-care/site-section.njk' },
      data: {
        ...{ basis: basisWords[now.basis], rows: careRows(now), wanted: site.activity.videoWanted },
        ...{ held: heldWords(held?.consultations), because: held?.binding?.words },
        imageHours:
          imageHours !== undefined && imageHours * 3600 >= 60
            ? `${durationWords(imageHours * 3600)} a week`
            : undefined,
        measured: week.last === undefined ? undefined : formatMoment(week.last),
        ...{ even: isEven(week, 'video'), table: isKnown ? weekTable(week, 'video') : undefined },
        href: `/lines/sites/${encodeURIComponent(site.id)}/care`,
      },
    };
  };

/** The map's layer of lines that are down or much worse, told apart by shape as well as by colour. */
import type { MapLayer } from '../register/index.ts';
import type { IncidentStore } from './incident-store.ts';

export const incidentLayer = (incidents: Pick<IncidentStore, 'list'>): MapLayer => ({
  key: 'incident',
  title: 'What is wrong now',
  classes: [
    { key: 'outage', name: 'Not heard', style: 6 },
    { key: 'degradation', name: 'Much worse than it was', style: 5 },
    { key: 'none', name: 'Nothing known to be wrong', style: 1 },
  ],
  of: async (sites) => {
    const open = await incidents.list({ open: true, most: 20_000 });
    const worst = new Map<string, { readonly class: string; readonly words: string }>();
    for (const { site, kind, told } of open)
      if (kind === 'outage' || !worst.has(site)) worst.set(site, { class: kind, words: told });
    const none = { class: 'none', words: 'Nothing known to be wrong' };
    return new Map(sites.map(({ id }) => [id, worst.get(id) ?? none]));
  },
});

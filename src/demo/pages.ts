/** `/demo`: what the demonstration region is, where its places are, what to try, and how much there is. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import { problem } from '../platform/problem.ts';
import type { CareRecord } from '../record/care-record.ts';
import { formatDate, formatDateTime } from '../web/dates.ts';
import { formatNumber } from '../web/quantities.ts';
import type { Shell } from '../web/shell.ts';
import { type Demonstration, readDemonstration } from './demonstration-note.ts';
import type { Region } from './model.ts';
import { groups, patients, staff, worthTrying } from './people.ts';
import { makeRegion } from './region.ts';
import {
  cityMap,
  drawMap,
  mapInWords,
  mappedKinds,
  narrowMap,
  placesName,
  signSvg,
  wholeMap,
} from './region-map.ts';
import { countResources } from './resource-counts.ts';

export interface DemoNeeds {
  readonly shell: Shell;
  readonly record: Pick<CareRecord, 'read' | 'search'>;
  readonly clock: Clock;
}

export interface Demo {
  readonly path: '/demo';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

/** To be opened where the demonstration is on, and there alone. Every page’s footer leads there (services/about). */
export function demo(needs: DemoNeeds): Demo {
  const title = 'The demonstration region';
  needs.shell.addNavigation({
    href: '/demo',
    text: 'The region',
    about: 'Its places on a map, who there is to become, and what the record holds.',
    roles: ['connectivity-lead', 'analyst', 'researcher', 'supplier', 'board-member'],
  });
  needs.shell.addViews('demo', fileURLToPath(new URL('./views', import.meta.url)));
  return { path: '/demo', title, register: (app) => demoPages(app, needs, title) };
}

interface Shown {
  readonly demonstration: Demonstration;
  readonly region: Region;
  readonly facts: Readonly<Record<string, unknown>>;
}

function shownOf(demonstration: Demonstration): Shown {
  const region = makeRegion(demonstration);
  const kinds = mappedKinds.map((kind) => {
    const own = new Set(region.organisations.filter((one) => one.kind === kind).map(({ id }) => id));
    const sites = region.sites
      .filter(({ organisation }) => own.has(organisation))
      .map(({ name, settlement }) => ({
        name,
        place: region.settlements.find(({ id }) => id === settlement)?.name,
      }));
    return { name: placesName(kind), sign: signSvg(kind), sites };
  });
  const city = region.settlements.find(({ kind }) => kind === 'city')?.name;
  return {
    demonstration,
    region,
    facts: { kinds, city, mapInWords: mapInWords(region), cast: castByGroup(demonstration.now) },
  };
}

/** Those whom the sign-in page lists, under its headings. */
function castByGroup(now: number) {
  const nameOf = ({ prefix, given, family }: { prefix?: string; given: string; family: string }) =>
    [prefix, given, family].filter(Boolean).join(' ');
  const people = patients.flatMap((one) =>
    one.try === undefined ? [] : [{ name: nameOf(one), what: one.what, try: worthTrying(one.try, now) }],
  );
  return Object.entries(groups).map(([key, name]) => ({
    name,
    people:
      key === 'people'
        ? people
        : staff
            .filter(({ group }) => group === key)
            .map((one) => ({ name: nameOf(one), what: `${one.job}, ${one.place.name}`, try: one.try })),
  }));
}

function demoPages(app: FastifyInstance, { shell, record, clock }: DemoNeeds, title: string): void {
  const counted = countResources({ record, clock });
  let shown: Shown | undefined;
  const find = async (): Promise<Shown> => {
    if (shown) return shown;
    const demonstration = await readDemonstration(record);
    if (!demonstration)
      throw problem('not-found', 'This record holds no demonstration: there were people in it before.');
    shown = shownOf(demonstration);
    return shown;
  };

  app.get('/demo', async (_request, reply) => {
    const found = await find();
    const { at, counts } = await counted();
    const { seed, now } = found.demonstration;
    return shell.renderPage(reply, 'demo/region.njk', {
      ...{ title, heading: title, seed, ...found.facts },
      day: formatDate(new Date(now).toISOString().slice(0, 10)),
      counts: counts.map((one) => ({ ...one, count: formatNumber(one.count) })),
      countedAt: formatDateTime(new Date(at).toISOString()),
    });
  });

  const pictures: Readonly<Record<string, (region: Region) => string>> = {
    map: (region) => drawMap(region, wholeMap),
    'map-narrow': (region) => drawMap(region, narrowMap),
    city: (region) => drawMap(region, cityMap(region, 900)),
    'city-narrow': (region) => drawMap(region, cityMap(region, 400)),
  };
  const drawn = new Map<string, string>();
  const send = (reply: FastifyReply, svg: string) =>
    // The map is the same for every seed; a day, so that a new release’s is seen.
    reply.header('cache-control', 'public, max-age=86400').type('image/svg+xml').send(svg);
  for (const [name, draw] of Object.entries(pictures)) {
    app.get(`/demo/${name}.svg`, async (_request, reply) => {
      const found = await find();
      const svg = drawn.get(name) ?? draw(found.region);
      drawn.set(name, svg);
      return send(reply, svg);
    });
  }
}

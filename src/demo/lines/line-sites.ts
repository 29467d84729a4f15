/** The buildings of the demonstration as sites with a line: who works there, when, and what is done in an ordinary week. */
import { distance, longitudeLatitude, point } from '../geography.ts';
import type { Organisation, OrganisationKind, Region, Settlement, Site } from '../model.ts';
import type { DemoSite } from './model.ts';

const kinds: Readonly<Partial<Record<OrganisationKind, DemoSite['kind']>>> = {
  'acute-trust': 'hospital',
  'community-trust': 'clinic',
  'mental-health-trust': 'clinic',
  'general-practice': 'general-practice',
  pharmacy: 'pharmacy',
  'local-authority': 'council',
  'care-home': 'care-home',
  'ambulance-service': 'ambulance-station',
  'diagnostic-centre': 'diagnostic-centre',
  region: 'office',
};

/** Registered patients. The record of the demonstration holds some of them. */
const lists: Readonly<Record<string, number>> = {
  'demo-harbour': 11_200,
  'demo-hilltop': 3_150,
  'demo-guildhall-medical-centre': 14_600,
  'demo-ropewalk-practice': 9_400,
  'demo-castle-road-surgery': 8_100,
  'demo-riverside-medical-practice': 10_300,
  'demo-northgate-health-centre': 12_900,
  'demo-market-place-surgery': 9_900,
  'demo-alder-house-practice': 7_600,
  'demo-lifeboat-house-surgery': 8_800,
  'demo-skelness-bay-medical-centre': 9_200,
  'demo-brackenford-surgery': 8_500,
  'demo-thwaitedale': 2_700,
  'demo-thwaitedale-branch': 600,
  'demo-whinfield': 3_400,
};

interface Work {
  readonly users: number;
  readonly consultations: number;
  readonly videoWanted: number;
  readonly images?: NonNullable<DemoSite['activity']['images']>;
}

/** By site where it is its own, else by kind. */
const ownWork: Readonly<Record<string, Work>> = {
  'demo-infirmary': {
    ...{ users: 640, consultations: 5200, videoWanted: 460 },
    images: { CR: 1900, CT: 620, MR: 330, MG: 140, US: 700 },
  },
  'demo-aldermere-general': {
    ...{ users: 210, consultations: 1500, videoWanted: 170 },
    images: { CR: 640, CT: 150, MR: 70, US: 210 },
  },
  'demo-maternity': { users: 70, consultations: 420, videoWanted: 30, images: { US: 260 } },
  'demo-diagnostic-centre': {
    ...{ users: 26, consultations: 240, videoWanted: 10 },
    images: { CR: 210, CT: 90, MR: 110, MG: 95, US: 160 },
  },
  'demo-ambulance': { users: 34, consultations: 160, videoWanted: 25, images: {} },
};

const workOf: Readonly<Record<DemoSite['kind'], Work>> = {
  'general-practice': { users: 10, consultations: 800, videoWanted: 96 },
  hospital: { users: 200, consultations: 1500, videoWanted: 150 },
  clinic: { users: 22, consultations: 310, videoWanted: 64, images: { CR: 4 } },
  pharmacy: { users: 5, consultations: 60, videoWanted: 9, images: {} },
  'care-home': { users: 8, consultations: 26, videoWanted: 12, images: {} },
  council: { users: 48, consultations: 120, videoWanted: 30, images: {} },
  'ambulance-station': { users: 9, consultations: 40, videoWanted: 8, images: {} },
  'diagnostic-centre': { users: 26, consultations: 240, videoWanted: 10 },
  office: { users: 60, consultations: 0, videoWanted: 0, images: {} },
};

const takesImages = ['demo-infirmary', 'demo-aldermere-general', 'demo-maternity', 'demo-diagnostic-centre'];

/** 5.3 consultations a patient a year (NHS Digital, Appointments in General Practice), 12 in 100 of them wanted by video. */
function practiceWork(list: number): Work {
  const consultations = Math.round((list * 5.3) / 52);
  return {
    ...{ users: Math.max(3, Math.round(list / 620)), consultations },
    videoWanted: Math.round(consultations * 0.12),
    images: { CR: Math.round(list / 700), CT: Math.round(list / 4000), MR: Math.round(list / 3500) },
  };
}

const [weekdays, everyDay] = [
  [0, 1, 2, 3, 4],
  [0, 1, 2, 3, 4, 5, 6],
];
const on = (days: readonly number[], from: number, until: number): DemoSite['open'] =>
  days.map((day) => ({ day, from: from * 60, until: until * 60 }));

function openOf(kind: DemoSite['kind'], isBranch: boolean): DemoSite['open'] {
  switch (kind) {
    case 'hospital':
    case 'care-home':
    case 'ambulance-station':
      return on(everyDay, 0, 24);
    case 'general-practice':
      return on(weekdays, 8, isBranch ? 12.5 : 18.5);
    case 'pharmacy':
      return [...on(weekdays, 9, 18), ...on([5], 9, 13)];
    default:
      return on(weekdays, 9, 17);
  }
}

/** The city has three exchanges, every other place one; hamlets hang on their neighbour’s. */
const cityExchanges = [
  { name: 'Sandmouth Central', at: point(40.6, 23.4) },
  { name: 'Sandmouth North', at: point(40.4, 26) },
  { name: 'Sandmouth Riverside', at: point(38.6, 23.6) },
];

function exchangeOf(site: Site, settlement: Settlement): string {
  if (settlement.kind !== 'city') return settlement.name;
  return cityExchanges.toSorted((a, b) => distance(a.at, site.at) - distance(b.at, site.at))[0]?.name ?? '';
}

const meanDecile = ({ deprivation }: Settlement): number => {
  const all = deprivation.reduce((sum, [, weight]) => sum + weight, 0);
  return Math.round(deprivation.reduce((sum, [decile, weight]) => sum + decile * weight, 0) / all);
};

/** Suppliers’ own offices are none of the region’s sites. */
export function lineSites(region: Region): readonly DemoSite[] {
  const settlements = new Map(region.settlements.map((one) => [one.id, one]));
  const numbers = new Map<string, number>();
  return region.sites.flatMap((site): DemoSite[] => {
    const organisation: Organisation = region.organisation(site.organisation);
    const settlement = settlements.get(site.settlement);
    const kind = kinds[organisation.kind];
    if (kind === undefined || !settlement) return [];
    const number = (numbers.get(organisation.id) ?? 0) + 1;
    numbers.set(organisation.id, number);
    const listSize = lists[site.id];
    const work = ownWork[site.id] ?? (listSize === undefined ? workOf[kind] : practiceWork(listSize));
    const { users, ...activity } = work;
    return [
      {
        // As their Locations say it: the organisation’s code and two digits.
        ...{
          id: site.id,
          ods: `${organisation.ods}${String(number).padStart(2, '0')}`,
          name: site.name,
          kind,
        },
        organisation: { id: organisation.id, name: organisation.name },
        ...{ ics: 'QZZ', at: longitudeLatitude(site.at), postcode: site.postcode, rural: settlement.rural },
        ...{ deprivation: meanDecile(settlement), users, activity },
        ...(listSize === undefined ? {} : { listSize }),
        open: openOf(kind, number > 1),
        services: [
          ...(activity.videoWanted > 0 ? ['video'] : []),
          ...(takesImages.includes(site.id) ? ['imaging'] : []),
          ...['record', 'backup'],
          ...(kind === 'pharmacy' || kind === 'office' ? [] : ['wifi']),
        ],
        ...{ exchange: exchangeOf(site, settlement), closed: false },
      },
    ];
  });
}

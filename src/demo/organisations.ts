/** The organisations that give care in the region and the buildings where they do. The same for every seed. */
import { seededRandom } from '../platform/random.ts';
import { distance } from './geography.ts';
import type { Organisation, OrganisationKind, Point, Site } from './model.ts';
import { places } from './people.ts';
import { type StreetPlan, streetPlans } from './roads.ts';

/** What consents call each kind (access/consents). */
const consentKinds: Record<OrganisationKind, string> = {
  'acute-trust': 'hospital',
  'community-trust': 'community',
  'mental-health-trust': 'mental-health',
  'general-practice': 'general-practice',
  pharmacy: 'pharmacy',
  'local-authority': 'social-care',
  'care-home': 'social-care',
  'ambulance-service': 'urgent-care',
  'diagnostic-centre': 'hospital',
  region: 'region',
  supplier: 'supplier',
};

type Side = 'north' | 'east' | 'south' | 'west' | 'middle';

interface SitePlan {
  /** Of the site; the organisation’s own where it has one alone. */
  readonly id: string;
  readonly name: string;
  /** Id of the settlement. */
  readonly in: string;
  readonly street?: string;
  /** Side of the settlement. */
  readonly side?: Side;
  /** Id of an earlier site that it stands beside. */
  readonly beside?: string;
}

interface OrganisationPlan {
  readonly id: string;
  readonly name: string;
  readonly ods: string;
  readonly kind: OrganisationKind;
  readonly sites: readonly SitePlan[];
}

const { harbour, hilltop, infirmary, community, pharmacy, council, region, supplier, fibre, coastal } =
  places;
const idOf = (name: string): string =>
  `demo-${name
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, '')
    .replaceAll(' ', '-')}`;
const numbered = (letters: string, number: number): string => `${letters}${String(number).padStart(2, '0')}`;
type Known = { readonly id: string; readonly name: string; readonly ods: string };

const one = (
  kind: OrganisationKind,
  { id, name, ods }: Known,
  place: string,
  where: Pick<SitePlan, 'street' | 'side'> = {},
): OrganisationPlan => ({ id, name, ods, kind, sites: [{ id, name, in: place, ...where }] });

/** Organisations of a kind with one building each: name and settlement. Codes count on from those with a story. */
const several = (
  kind: OrganisationKind,
  letters: string,
  from: number,
  names: readonly (readonly [string, string, Side?])[],
): OrganisationPlan[] =>
  names.map(([name, place, side], i) =>
    one(kind, { id: idOf(name), name, ods: numbered(letters, from + i) }, place, side ? { side } : {}),
  );

const trusts: readonly OrganisationPlan[] = [
  {
    ...{ id: infirmary.id, name: infirmary.name, ods: infirmary.ods, kind: 'acute-trust' },
    sites: [
      { id: infirmary.id, name: infirmary.name, in: 'sandmouth', street: 'Infirmary Road' },
      { id: 'demo-aldermere-general', name: 'Aldermere General Hospital', in: 'aldermere' },
      {
        ...{ id: 'demo-maternity', name: 'Sandmouth Maternity Unit', in: 'sandmouth' },
        ...{ street: 'Infirmary Road', beside: infirmary.id },
      },
    ],
  },
  {
    ...{ id: community.id, name: community.name, ods: community.ods, kind: 'community-trust' },
    sites: [
      { id: community.id, name: 'Ropery Lane Clinic', in: 'sandmouth' },
      { id: 'demo-aldermere-clinic', name: 'Aldermere Clinic', in: 'aldermere' },
      { id: 'demo-port-marrin-clinic', name: 'Port Marrin Clinic', in: 'port-marrin' },
    ],
  },
  {
    ...{
      id: 'demo-mental-health',
      name: 'Sandmouth Mental Health',
      ods: 'ZZM02',
      kind: 'mental-health-trust',
    },
    sites: [
      { id: 'demo-mental-health', name: 'Larkfield House', in: 'sandmouth' },
      { id: 'demo-larkfield-skelness', name: 'Skelness Mental Health Centre', in: 'skelness' },
    ],
  },
  {
    ...{ id: 'demo-ambulance', name: 'Sandmouth Ambulance Service', ods: 'ZZA01', kind: 'ambulance-service' },
    sites: [
      { id: 'demo-ambulance', name: 'Sandmouth Ambulance Station', in: 'sandmouth' },
      { id: 'demo-ambulance-aldermere', name: 'Aldermere Ambulance Station', in: 'aldermere' },
      { id: 'demo-ambulance-brackenford', name: 'Brackenford Ambulance Station', in: 'brackenford' },
    ],
  },
  one(
    'diagnostic-centre',
    { id: 'demo-diagnostic-centre', name: 'Brackenford Diagnostic Centre', ods: 'ZZD01' },
    'brackenford',
  ),
];

const practices: readonly OrganisationPlan[] = [
  one('general-practice', harbour, 'sandmouth', { street: 'Quay Street', side: 'south' }),
  one('general-practice', hilltop, 'hill-end', { street: 'Hill Road' }),
  ...several('general-practice', 'ZZ9', 3, [
    ['Guildhall Medical Centre', 'sandmouth', 'middle'],
    ['Ropewalk Practice', 'sandmouth', 'south'],
    ['Castle Road Surgery', 'sandmouth', 'east'],
    ['Riverside Medical Practice', 'sandmouth', 'west'],
    ['Northgate Health Centre', 'sandmouth', 'north'],
    ['Market Place Surgery', 'aldermere'],
    ['Alder House Practice', 'aldermere'],
    ['Lifeboat House Surgery', 'port-marrin'],
    ['Skelness Bay Medical Centre', 'skelness'],
    ['Brackenford Surgery', 'brackenford'],
  ]),
  {
    ...{ id: 'demo-thwaitedale', name: 'Thwaitedale Practice', ods: 'ZZ913', kind: 'general-practice' },
    sites: [
      { id: 'demo-thwaitedale', name: 'Thwaitedale Practice', in: 'thwaitedale' },
      { id: 'demo-thwaitedale-branch', name: 'Cold Harrow Branch Surgery', in: 'cold-harrow' },
    ],
  },
  one('general-practice', { id: 'demo-whinfield', name: 'Whinfield Surgery', ods: 'ZZ914' }, 'whinfield'),
];

const pharmacies: readonly OrganisationPlan[] = [
  one('pharmacy', pharmacy, 'sandmouth', { street: 'Quay Street', side: 'south' }),
  ...several('pharmacy', 'ZZP', 2, [
    ['Guildhall Pharmacy', 'sandmouth', 'middle'],
    ['Castle Road Pharmacy', 'sandmouth', 'east'],
    ['Riverside Chemist', 'sandmouth', 'west'],
    ['Northgate Pharmacy', 'sandmouth', 'north'],
    ['Sail Street Pharmacy', 'sandmouth'],
    ['Windrush Pharmacy', 'sandmouth'],
    ['Priory Chemist', 'sandmouth'],
    ['Station Pharmacy', 'sandmouth'],
    ['Market Place Pharmacy', 'aldermere'],
    ['Alder Pharmacy', 'aldermere'],
    ['Corn Hall Chemist', 'aldermere'],
    ['Lifeboat Pharmacy', 'port-marrin'],
    ['Marrin Road Chemist', 'port-marrin'],
    ['Skelness Pharmacy', 'skelness'],
    ['Promenade Chemist', 'skelness'],
    ['Brackenford Pharmacy', 'brackenford'],
    ['Millrace Chemist', 'brackenford'],
    ['Saltreach Pharmacy', 'saltreach'],
    ['Sandholme Pharmacy', 'sandholme'],
    ['Thwaitedale Pharmacy', 'thwaitedale'],
    ['Whinfield Pharmacy', 'whinfield'],
  ]),
];

const councilOf = ({ id, name, ods }: Known, town: string): OrganisationPlan => ({
  ...{ id, name, ods, kind: 'local-authority' },
  sites: [
    { id, name: `${name}, adult social care`, in: town },
    { id: `${id}-children`, name: `${name}, children’s social care`, in: town, beside: id },
  ],
});

const councils: readonly OrganisationPlan[] = [
  councilOf(council, 'sandmouth'),
  councilOf({ id: 'demo-vale-council', name: 'Vale and Moor Council', ods: 'ZZC02' }, 'aldermere'),
];

const rest: readonly OrganisationPlan[] = [
  one('region', region, 'sandmouth', { street: 'Guildhall Square', side: 'middle' }),
  one('supplier', supplier, 'brackenford'),
  one('supplier', fibre, 'aldermere'),
  one('supplier', coastal, 'port-marrin'),
  ...several('care-home', 'ZZN', 1, [
    ['Seaview House', 'sandmouth'],
    ['Priory Gardens Care Home', 'sandmouth'],
    ['Beech Court', 'aldermere'],
    ['Fairhaven', 'skelness'],
    ['The Old Rectory', 'wendle'],
    ['Marrin Lodge', 'little-marrin'],
  ]),
];

const plans: readonly OrganisationPlan[] = [...trusts, ...practices, ...pharmacies, ...councils, ...rest];

export const organisations: readonly Organisation[] = plans.map(({ id, name, ods, kind }) => ({
  ...{ id, name, ods, kind, consentKind: consentKinds[kind] },
}));

/** Letters of the second half of postcodes. Source: Royal Mail, which leaves out C, I, K, M, O and V. */
const inwardLetters = 'ABDEFGHJLNPQRSTUWXYZ';

function sitesOf(): readonly Site[] {
  const random = seededRandom('sites');
  const free = new Map(
    streetPlans.map((plan) => [plan.settlement.id, { plan, corners: plan.corners.slice(1) }]),
  );
  const made: Site[] = [];
  for (const { id: organisation, sites } of plans) {
    for (const { id, name, in: place, street, side, beside } of sites) {
      const town = free.get(place);
      if (!town) throw new RangeError(`${name} stands in ${place}, which is not on the map.`);
      const near = made.find((other) => other.id === beside)?.at ?? sidePoint(town.plan, side);
      const at = takeCorner(town, near, random.next());
      const { outward, streets } = town.plan.settlement;
      const letters = `${random.pick([...inwardLetters])}${random.pick([...inwardLetters])}`;
      made.push({
        ...{ id, name, organisation, at, settlement: place },
        line: `${random.whole(1, 90)} ${street ?? random.pick(streets)}`,
        postcode: `${outward} ${random.whole(1, 9)}${letters}`,
        // Ofcom keeps 01632 960000 to 960999 for drama; those below 960200 are the people’s.
        telephone: `01632 ${960_200 + made.length}`,
      });
    }
  }
  return made;
}

const towards: Record<Side, readonly [number, number]> = {
  ...{ north: [0, 0.6], east: [0.6, 0.1], south: [0.1, -0.75], west: [-0.6, 0], middle: [0, 0] },
};

function sidePoint({ settlement: { at, radius } }: StreetPlan, side: Side | undefined): Point | undefined {
  if (!side) return undefined;
  const [east, north] = towards[side];
  return { east: at.east + east * radius, north: at.north + north * radius };
}

/** A street corner that nothing stands on yet. The middle of a place is its own. */
function takeCorner(
  town: { plan: StreetPlan; corners: Point[] },
  near: Point | undefined,
  chance: number,
): Point {
  const { corners } = town;
  const order = near ? corners.toSorted((a, b) => distance(a, near) - distance(b, near)) : corners;
  const corner = order[near ? 0 : Math.floor(chance * order.length)];
  if (!corner) throw new RangeError(`Nothing more can stand in ${town.plan.settlement.name}.`);
  corners.splice(corners.indexOf(corner), 1);
  return corner;
}

/** In the order of their organisations; the first of an organisation is its main one. */
export const sites: readonly Site[] = sitesOf();

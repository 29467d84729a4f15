import { seededRandom } from '../platform/random.ts';
import type { Settlement } from './model.ts';

/** Streets that a place has because a story of the demonstration happens there. */
const own: Readonly<Record<string, readonly string[]>> = {
  Sandmouth: [
    ...['Net Loft Lane', 'Chandler Row', 'Mill Street', 'Quay Street', 'Infirmary Road', 'Guildhall Square'],
    ...['Capstan Road', 'Rope Walk', 'Sailmaker Way', 'Bell Yard', 'Lantern Court'],
  ],
  'Hill End': ['Hill Road', 'Forge Lane'],
};

const trees = [
  'Alder',
  'Ash',
  'Beech',
  'Birch',
  'Cedar',
  'Cherry',
  'Elm',
  'Hawthorn',
  'Hazel',
  'Holly',
  'Juniper',
  'Larch',
];
const trades = [
  'Baker',
  'Cooper',
  'Dyer',
  'Fuller',
  'Glover',
  'Mason',
  'Potter',
  'Rope',
  'Sail',
  'Tanner',
  'Weaver',
  'Wright',
];
const sights = [
  'Abbey',
  'Beacon',
  'Bridge',
  'Castle',
  'Church',
  'Ferry',
  'Granary',
  'Harbour',
  'Lighthouse',
  'Market',
  'Priory',
  'Station',
];
const people = [
  'Albert',
  'Caroline',
  'Garrett',
  'Jubilee',
  'Nightingale',
  'Seacole',
  'Tennyson',
  'Turing',
  'Victoria',
  'Windrush',
];
const townEndings = [
  'Street',
  'Road',
  'Avenue',
  'Terrace',
  'Close',
  'Gardens',
  'Court',
  'Way',
  'Drive',
  'Place',
];
const villageStreets = [
  ...['Back Lane', 'Chapel Lane', 'Church Lane', 'Drove Lane', 'Forge Lane', 'Green Lane', 'High Street'],
  ...[
    'Main Street',
    'Manor Road',
    'Orchard Close',
    'Pound Lane',
    'School Lane',
    'Station Road',
    'The Green',
    'Well Lane',
  ],
];
const hamletStreets = [
  'Farm Lane',
  'Long Lane',
  'Moor Lane',
  'Low Road',
  'Top Road',
  'Mill Lane',
  'Barn Row',
  'Beck Side',
];
const counts = { city: 70, town: 28, village: 8, hamlet: 3 } as const;

/** Its streets, the same each time; none twice. */
export function streetsOf(place: string, kind: Settlement['kind']): readonly string[] {
  const random = seededRandom(`streets/${place}`);
  const names = new Set(own[place]);
  while (names.size < counts[kind]) {
    if (kind === 'hamlet') names.add(random.pick(hamletStreets));
    else if (kind === 'village') names.add(random.pick(villageStreets));
    else
      names.add(`${random.pick(random.pick([trees, trades, sights, people]))} ${random.pick(townEndings)}`);
  }
  return [...names];
}

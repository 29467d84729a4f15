/** Where a home stands: its street, postcode, neighbourhood and what is near. */
import { type Random, seededRandom } from '../../platform/random.ts';
import { point, within } from '../geography.ts';
import type { Point, Region, Settlement } from '../model.ts';

export interface Place {
  readonly line: string;
  readonly city: string;
  readonly postcode: string;
  readonly at: Point;
  /** Decile, 1 the most deprived. */
  readonly deprivation: number;
  /** Nearest first. */
  readonly practices: readonly string[];
  readonly pharmacies: readonly string[];
  /** Organisation id, of a home for those who need care. */
  readonly careHome?: string;
}

interface Street {
  readonly name: string;
  readonly inward: string;
  readonly at: Point;
  readonly deprivation: number;
  readonly practices: readonly string[];
  readonly pharmacies: readonly string[];
}

const streets = new WeakMap<Region, Map<string, readonly Street[]>>();

/** In a care home where there is one and it is asked for. */
export function homeOf(region: Region, settlement: Settlement, inCare: boolean, random: Random): Place {
  const careHomes = inCare ? region.sites.filter(({ organisation }) => isCareHome(region, organisation)) : [];
  if (careHomes.length > 0) {
    const site = random.pick(careHomes);
    const town = region.settlements.find(({ id }) => id === site.settlement) ?? settlement;
    const street = random.pick(streetsOf(region, town));
    return {
      ...{ line: site.line, city: town.name, postcode: site.postcode, at: site.at },
      ...{ deprivation: street.deprivation, careHome: site.organisation },
      ...{ practices: region.practicesAt(site.at), pharmacies: region.pharmaciesAt(site.at) },
    };
  }
  const street = random.pick(streetsOf(region, settlement));
  const number = random.whole(1, settlement.rural ? 40 : 140);
  const flat = !settlement.rural && random.chance(0.16) ? `Flat ${random.whole(1, 24)}, ` : '';
  const aside = point(street.at.east + random.normal(0, 0.08), street.at.north + random.normal(0, 0.08));
  return {
    ...{ line: `${flat}${number} ${street.name}`, city: settlement.name },
    ...{ postcode: `${settlement.outward} ${street.inward}`, deprivation: street.deprivation },
    ...{ at: within(region.coast, aside) ? aside : street.at },
    ...{ practices: street.practices, pharmacies: street.pharmacies },
  };
}

const isCareHome = (region: Region, organisation: string): boolean =>
  region.organisation(organisation).kind === 'care-home';

function streetsOf(region: Region, settlement: Settlement): readonly Street[] {
  let known = streets.get(region);
  if (!known) {
    known = new Map();
    streets.set(region, known);
  }
  let found = known.get(settlement.id);
  if (!found) {
    found = settlement.streets.map((name, i) => streetOf(region, settlement, name, i));
    known.set(settlement.id, found);
  }
  return found;
}

// Source: Royal Mail, the letters of the second half of a postcode; C, I, K, M, O and V are not used.
const letters = 'ABDEFGHJLNPQRSTUWXYZ';

function streetOf(region: Region, settlement: Settlement, name: string, i: number): Street {
  const random = seededRandom(`${region.seed}/streets/${settlement.id}/${i}`);
  let at = settlement.at;
  for (let tries = 0; tries < 12; tries++) {
    const [turn, far] = [random.between(0, 2 * Math.PI), settlement.radius * Math.sqrt(random.next())];
    const tried = point(
      settlement.at.east + far * Math.cos(turn),
      settlement.at.north + far * Math.sin(turn),
    );
    if (!within(region.coast, tried)) continue;
    at = tried;
    break;
  }
  const letter = (n: number) => letters.charAt(n % letters.length);
  return {
    ...{ name, at, deprivation: random.weighted(settlement.deprivation) },
    inward: `${1 + (i % 9)}${letter(3 + Math.floor(i / 9))}${letter(7 + i)}`,
    ...{ practices: region.practicesAt(at), pharmacies: region.pharmaciesAt(at) },
  };
}

/** The register's things in words, as pages show them. */
import { formatDate } from '../../../web/dates.ts';
import {
  type Circuit,
  isCopper,
  type LineSite,
  type Speeds,
  siteKindNames,
  technologyNames,
} from '../model.ts';
import { openingText } from './import/opening.ts';

export interface Field {
  readonly term: string;
  readonly value: string;
}

const number = (value: number): string => value.toLocaleString('en-GB', { maximumFractionDigits: 2 });
const pounds = (value: number): string =>
  `£${value.toLocaleString('en-GB', { minimumFractionDigits: Number.isInteger(value) ? 0 : 2, maximumFractionDigits: 2 })}`;

export const speedsText = (speeds: Speeds | undefined): string =>
  speeds ? `${number(speeds.down)} down, ${number(speeds.up)} up (Mbit/s)` : '';

const stateNames = { ordered: 'Ordered', live: 'In use', ceased: 'Ended' } as const;
export const roleNames = { main: 'Main line', backup: 'Backup line' } as const;

const fields = (pairs: readonly (readonly [string, string | undefined])[]): readonly Field[] =>
  pairs.flatMap(([term, value]) => (value === undefined || value === '' ? [] : [{ term, value }]));

/** What is known of a site; what is not known is told as such where care depends on it. */
export function siteFields(site: LineSite, area: string | undefined): readonly Field[] {
  const { users, listSize, activity, services, open } = site;
  const images = Object.entries(activity.images ?? {}).map(([modality, times]) => `${modality} ${times}`);
  return fields([
    ['Kind', siteKindNames[site.kind]],
    ['Organisation', site.organisation?.name],
    ['ODS code', site.ods],
    [
      'Address',
      [...(site.address ?? []), ...(site.postcode === undefined ? [] : [site.postcode])].join(', '),
    ],
    ['Area', area ?? site.ics],
    ['Position', site.at ? `${site.at.latitude}, ${site.at.longitude}` : 'Not known'],
    ['Surroundings', site.rural === undefined ? 'Not known' : site.rural ? 'Rural' : 'Urban'],
    [
      'Deprivation',
      site.deprivation === undefined ? undefined : `Decile ${site.deprivation} (1 is the most deprived)`,
    ],
    ['Open', open.length > 0 ? openingText(open) : 'Not known'],
    ['People at work at once', users === undefined ? 'Not known' : number(users)],
    ['Registered patients', listSize === undefined ? undefined : number(listSize)],
    ['Services', services.join(', ')],
    [
      'Consultations a week',
      activity.consultations === undefined ? 'Not known' : number(activity.consultations),
    ],
    ['By video, if it worked', activity.videoWanted === undefined ? undefined : number(activity.videoWanted)],
    ['Images a week', images.join(', ')],
    ['Telephone exchange', site.exchange],
  ]);
}

export function circuitFields(circuit: Circuit, provider: string): readonly Field[] {
  const { sold, guaranteed, monthly, installed, termEnds, ceased, terminations } = circuit;
  const end = (side: 'A' | 'Z') =>
    terminations
      .filter((one) => one.side === side)
      .map(({ place, port }) => (port === undefined ? place : `${place} (${port})`))
      .join('; ');
  return fields([
    ['Provider', provider],
    ['Provider’s reference', circuit.reference],
    ['Speed sold', speedsText(sold) || 'Not known'],
    ['Speed guaranteed', speedsText(guaranteed)],
    ['Contract', circuit.contract],
    ['Cost a month', monthly === undefined ? 'Not known' : pounds(monthly)],
    ['Installed', installed === undefined ? undefined : formatDate(installed)],
    ['Term ends', termEnds === undefined ? undefined : formatDate(termEnds)],
    ['Ended', ceased === undefined ? undefined : formatDate(ceased)],
    [
      'Data before more is charged',
      circuit.metered === undefined ? undefined : `${number(circuit.metered)} GB a month`,
    ],
    ['Router', circuit.router],
    ['Route', circuit.route],
    ['At the provider', end('A')],
    ['At the site', end('Z')],
  ]);
}

export interface CircuitShown {
  readonly id: string;
  readonly title: string;
  readonly flag: string;
  readonly flagColour: string;
  readonly isCopper: boolean;
  readonly isEnded: boolean;
  readonly fields: readonly Field[];
}

export const circuitShown = (circuit: Circuit, provider: string): CircuitShown => ({
  id: circuit.id,
  title: `${roleNames[circuit.role]}: ${technologyNames[circuit.technology]}`,
  flag: stateNames[circuit.state],
  flagColour: circuit.state === 'live' ? 'green' : circuit.state === 'ordered' ? 'blue' : 'grey',
  isCopper: isCopper(circuit.technology),
  isEnded: circuit.state === 'ceased',
  fields: circuitFields(circuit, provider),
});

/** How a site holds when a line fails, in a sentence. */
export function resilienceOf(circuits: readonly Circuit[]): string {
  const live = circuits.filter(({ state }) => state === 'live');
  if (live.length === 0) return 'No line in use is known.';
  if (live.length === 1) return 'One line: when it fails, nothing stands in.';
  const routes = live.map(({ route }) => route);
  const isWireless = live.some(({ technology }) => technology === 'mobile' || technology === 'satellite');
  if (isWireless && live.some(({ technology }) => technology !== 'mobile' && technology !== 'satellite'))
    return `${live.length} lines, one of them without a cable: they share no duct.`;
  if (routes.some((route) => route === undefined))
    return `${live.length} lines. Whether they share a duct is not known.`;
  return new Set(routes).size === routes.length
    ? `${live.length} lines on different routes.`
    : `${live.length} lines on one route: one digger can cut them both.`;
}

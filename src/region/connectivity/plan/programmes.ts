/** Programmes that pay for lines or through which they are bought, as data: whom they take, what they pay, and who says so. */
import type { SiteKind, Technology } from '../model.ts';

export type ProgrammeKey = 'hscn' | 'lffn' | 'rgc';

export interface Programme {
  readonly key: ProgrammeKey;
  readonly name: string;
  /** What it is, in a sentence. */
  readonly about: string;
  /** What of it the plan counts, in a sentence. */
  readonly counted: string;
  readonly technologies: readonly Technology[];
  /** Every condition that is given has to hold. */
  readonly takes: {
    readonly kinds?: readonly SiteKind[];
    readonly rural?: boolean;
    readonly copper?: boolean;
    /** Metres to the network by the way that lines go: nearer ones are left to the market. */
    readonly atLeastMetres?: number;
  };
  /** Toward trenches: pounds at most for each building that it takes, and at most this part of their share of the cost. */
  readonly paysASite?: number;
  readonly paysAtMost?: number;
  /** Buildings of a group that have to be built together before it pays: tenants enough to anchor a network. */
  readonly fewestTogether?: number;
  /** Lines bought through it cost this part of what they cost outside. */
  readonly priceFactor?: number;
  readonly source: string;
}

const publicBuildings: readonly SiteKind[] = [
  ...(['general-practice', 'hospital', 'clinic', 'council'] as const),
  ...(['ambulance-station', 'diagnostic-centre', 'office'] as const),
];

export const programmes: readonly Programme[] = [
  {
    key: 'hscn',
    name: 'Call-off from a health network marketplace',
    about:
      'Lines are called off from a framework of suppliers who meet the health network’s obligations, as the HSCN Marketplace does.',
    counted: 'Leased lines and mobile lines cost a tenth less than bought one at a time.',
    technologies: ['leased', 'mobile'],
    takes: {},
    priceFactor: 0.9,
    source:
      'NHS Digital, Health and Social Care Network: buying through the HSCN Marketplace (Crown Commercial Service RM3825). The tenth is an assumption for planning.',
  },
  {
    key: 'lffn',
    name: 'Local Full Fibre Networks: public anchor tenants',
    about:
      'Public buildings that share a new fibre are tenants for years, so that a network is worth building and homes nearby are reached after them.',
    counted:
      'Where at least two public buildings near each other are built together, half of the trenches is paid, up to 15,000 GBP for each building.',
    technologies: ['fttp'],
    takes: { kinds: publicBuildings },
    ...{ paysASite: 15_000, paysAtMost: 0.5, fewestTogether: 2 },
    source:
      'DCMS, Local Full Fibre Networks Challenge Fund, guidance 2018: 164 M GBP for over 5,000 public buildings and 2,700 km, about 33,000 GBP a building. That about half of it is paid is an assumption for planning.',
  },
  {
    key: 'rgc',
    name: 'Rural Gigabit Connectivity: hubs',
    about:
      'Public buildings in the country that the market would reach last become hubs, from which homes around them are connected.',
    counted:
      'A rural public building on copper, 500 m or more from fibre, is paid for with four fifths of its part of the trench, up to 15,700 GBP. It is the better of this and anchor tenancy, never both.',
    technologies: ['fttp'],
    takes: { kinds: publicBuildings, rural: true, copper: true, atLeastMetres: 500 },
    ...{ paysASite: 15_700, paysAtMost: 0.8 },
    source:
      'DCMS, Rural Gigabit Connectivity programme, key information, August 2020 (public hubs where commercial full fibre is unlikely, lines under 30 Mbit/s); amount: GigaHubs, 110 M GBP for up to 7,000 buildings. The distance and the four fifths are assumptions for planning.',
  },
];

export const programme = (key: ProgrammeKey): Programme => programmes.find((one) => one.key === key)!; // every key is above

/** Whether a programme takes a site. `metres`: to the network. */
export function takesSite(
  { takes }: Programme,
  site: {
    readonly kind: SiteKind;
    readonly rural: boolean;
    readonly copper: boolean;
    readonly metres: number;
  },
): boolean {
  return (
    (takes.kinds?.includes(site.kind) ?? true) &&
    (!takes.rural || site.rural) &&
    (!takes.copper || site.copper) &&
    site.metres >= (takes.atLeastMetres ?? 0)
  );
}

/**
 * What each service needs of a line, as data, each figure with where it comes from. Speeds in Mbit/s, times in ms (there and
 * back), loss 0 to 1, sizes in MB of 10⁶ bytes. A change of a figure is a new version.
 */
import type { CareService, ImagingModality, Measure, Technology } from '../model.ts';

/** Of the table; answers name it, so that what was said of a line can be understood later. */
export const rulesVersion = '2026.1';

export type SourceKey = keyof typeof sources;

/** Where figures come from. `own`: no published figure was found; it is ours, and said so. */
export const sources = {
  healthdirect: {
    name: 'healthdirect Video Call (Attend Anywhere family), bandwidth and latency',
    says: '350 kbit/s each way at the least for two parties, the same again for each further one; latency at most 100 ms',
  },
  telescot: {
    name: 'Edinburgh TELESCOT video consulting toolkit',
    says: 'Comfortable GP video: 1.1 Mbit/s down, 0.7 up, latency at most 150 ms',
  },
  winter: { name: 'NHS Digital, winter advice to remote workers', says: 'HD video: 2 Mbit/s each way' },
  bluejeans: {
    name: 'BlueJeans, network requirements',
    says: 'Any video: loss at most 1 %, jitter at most 40 ms',
  },
  legaler: { name: 'legaler, bandwidth of calls', says: 'Audio only: 50 kbit/s' },
  g114: {
    name: 'ITU-T G.114, one-way transmission time',
    says: 'Up to 150 ms one way most uses are not affected; more than 400 ms one way is not acceptable',
  },
  pacsnet: { name: 'PACSnet, storage calculator', says: 'CR and DX: 8 MB a view, uncompressed' },
  seekhealthz: {
    name: 'seekhealthz, what determines image storage size',
    says: 'CT: 0.5 MB a slice, about 250 MB for 500; mammography 75 to 150 MB; tomosynthesis up to 1 GB',
  },
  upgrade: {
    name: 'NHS Digital, when to upgrade a line',
    says: 'A line that is more than 75 % used is due for an upgrade',
  },
  leased: {
    name: 'Suppliers of leased lines',
    says: 'Less than 15 ms, against 30 to 50 ms on copper',
  },
  openreach: { name: 'Sellers of FTTP', says: 'Full fibre gives 96 to 98 % of what is sold' },
  adsl: {
    name: 'Ofcom, average broadband speeds, November and December 2010',
    says: 'The average measured was 45 % of the average advertised, most of it ADSL',
  },
  wifi: {
    name: 'NHS Digital, guidance on NHS Wi-Fi',
    says: 'The public’s Wi-Fi rides the site’s line, apart from end to end, and comes last when the line is full',
  },
  pages: {
    name: 'Throughline’s own budget of pages',
    says: 'A first page moves at most 60 KB, later ones 10 KB; in a second, 60 KB need 0.5 Mbit/s',
  },
  own: {
    name: 'Throughline’s own assumption',
    says: 'No published figure was found. Change it by a new version of the table.',
  },
} as const satisfies Record<string, { readonly name: string; readonly says: string }>;

/** One limit of one service. Beyond `good` the service is limited; beyond `bearable` it is not carried. */
export interface Limit {
  readonly measure: Measure;
  readonly good: number;
  readonly bearable: number;
  readonly source: SourceKey;
  readonly bearableSource: SourceKey;
}

/** A service that each who uses it takes speed for. */
export interface StreamRule {
  readonly kind: 'stream';
  readonly name: string;
  /** One of what it counts: “consultation”, “person”. */
  readonly each: string;
  readonly down: number;
  readonly up: number;
  readonly source: SourceKey;
  readonly limits: readonly Limit[];
}

/** A service that moves something whole and is judged by how long that takes. */
export interface TransferRule {
  readonly kind: 'transfer';
  readonly name: string;
  readonly megabytes: number;
  /** How the size is reached. */
  readonly size: string;
  readonly source: SourceKey;
  /** Seconds, of the slower way that counts. */
  readonly good: number;
  readonly bearable: number;
  readonly ways: 'both' | 'up';
  readonly timeSource: SourceKey;
}

export type Rule = StreamRule | TransferRule;

const latency = (
  good: number,
  source: SourceKey,
  bearable: number,
  bearableSource: SourceKey = 'g114',
): Limit => ({ measure: 'loaded', good, bearable, source, bearableSource });
/** 300 ms there and back are 150 ms one way. */
const oneWay150 = 300;
const oneWay400 = 800;
const steady: readonly Limit[] = [
  { measure: 'jitter', good: 40, bearable: 80, source: 'bluejeans', bearableSource: 'own' },
  { measure: 'loss', good: 0.01, bearable: 0.03, source: 'bluejeans', bearableSource: 'own' },
];

const image = (
  name: string,
  megabytes: number,
  size: string,
  source: SourceKey,
  good: number,
): TransferRule => ({
  ...{ kind: 'transfer', name, megabytes, size, source, good, bearable: 1800 },
  ...{ ways: 'both', timeSource: 'own' },
});

export const rules: Readonly<Record<CareService, Rule>> = {
  'video-hd': {
    ...{ kind: 'stream', name: 'Video, high definition', each: 'consultation', down: 2, up: 2 },
    source: 'winter',
    limits: [latency(150, 'telescot', oneWay150), ...steady],
  },
  video: {
    ...{ kind: 'stream', name: 'Video, comfortable', each: 'consultation', down: 1.1, up: 0.7 },
    source: 'telescot',
    limits: [latency(150, 'telescot', oneWay150), ...steady],
  },
  'video-low': {
    ...{ kind: 'stream', name: 'Video, the least', each: 'consultation', down: 0.35, up: 0.35 },
    source: 'healthdirect',
    limits: [latency(100, 'healthdirect', oneWay150), ...steady],
  },
  audio: {
    ...{ kind: 'stream', name: 'Audio only', each: 'call', down: 0.05, up: 0.05 },
    source: 'legaler',
    limits: [latency(oneWay150, 'g114', oneWay400), ...steady],
  },
  record: {
    ...{ kind: 'stream', name: 'Record', each: 'person opening a page', down: 0.5, up: 0.1 },
    source: 'pages',
    limits: [latency(500, 'own', 1500, 'own')],
  },
  'images-CR': image('X-ray (CR, DX)', 16, 'two views of 8 MB', 'pacsnet', 60),
  'images-CT': image('CT', 250, '500 slices of 0.5 MB', 'seekhealthz', 300),
  'images-MR': image('MR', 65, '500 slices of 256 × 256 points of 16 bits', 'own', 300),
  'images-MG': image('Mammography', 150, 'four views, the upper end of 75 to 150 MB', 'seekhealthz', 300),
  backup: {
    ...{ kind: 'transfer', name: 'Cloud back-up', megabytes: 200, size: '200 MB a day for each user' },
    ...{ source: 'own', good: 8 * 3600, bearable: 12 * 3600, ways: 'up', timeSource: 'own' },
  },
  wifi: {
    ...{ kind: 'stream', name: 'Guest Wi-Fi', each: 'guest', down: 0.5, up: 0.1, source: 'pages' },
    limits: [],
  },
};

export const careServices = Object.keys(rules) as readonly CareService[]; // the table's own keys

/** The part of the line that care may fill: what is left keeps it from being “full”, and is what guests share. */
export const careShare = { value: 0.75, source: 'upgrade' } as const satisfies Figure;

/** What each person at work moves beside consultations: a first page of 60 KB every ten seconds, and less upwards. */
export const recordTraffic = {
  down: { value: 0.05, source: 'pages' },
  up: { value: 0.01, source: 'own' },
} as const satisfies Record<string, Figure>;

/** Back-up of a site whose users are not known. */
export const usersWhereUnknown = 10;

export interface Figure {
  readonly value: number;
  readonly source: SourceKey;
}

/** What to expect of a line of which only the sale is known: its part of the speed sold, and latency idle and under load. */
export interface Expected {
  readonly speed: Figure;
  readonly idle: Figure;
  readonly loaded: Figure;
}

export const expected: Readonly<Record<Technology, Expected>> = {
  adsl: {
    speed: { value: 0.45, source: 'adsl' },
    idle: { value: 50, source: 'leased' },
    loaded: { value: 300, source: 'own' },
  },
  fttc: {
    speed: { value: 0.75, source: 'own' },
    idle: { value: 40, source: 'leased' },
    loaded: { value: 150, source: 'own' },
  },
  fttp: {
    speed: { value: 0.96, source: 'openreach' },
    idle: { value: 20, source: 'own' },
    loaded: { value: 60, source: 'own' },
  },
  leased: {
    speed: { value: 1, source: 'own' },
    idle: { value: 15, source: 'leased' },
    loaded: { value: 30, source: 'own' },
  },
  mobile: {
    speed: { value: 0.4, source: 'own' },
    idle: { value: 60, source: 'own' },
    loaded: { value: 300, source: 'own' },
  },
  satellite: {
    speed: { value: 0.5, source: 'own' },
    idle: { value: 600, source: 'own' },
    loaded: { value: 900, source: 'own' },
  },
};

/** The line that “held back” is measured against: what full fibre of 100 Mbit/s each way gives. */
export const fullFibre = { down: 96, up: 96, idle: 20, loaded: 60, jitter: 5, loss: 0 } as const;

/** Minutes that a video consultation takes of the line. */
export const consultationMinutes = { value: 10, source: 'own' } as const satisfies Figure;

export const imageService = (modality: ImagingModality): CareService | undefined =>
  modality === 'US' ? undefined : `images-${modality}`;

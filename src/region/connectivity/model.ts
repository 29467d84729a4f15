/**
 * What the parts of the connectivity programme hand each other: sites and their circuits, what was measured of them, what
 * care they can carry. Speeds are in Mbit/s, times in ms, money in whole pounds, moments in ms since 1970 UTC.
 */

/** How a line reaches a site. ADSL2+ and FTTC end in copper. */
export type Technology = 'adsl' | 'fttc' | 'fttp' | 'leased' | 'mobile' | 'satellite';
export const technologies: readonly Technology[] = ['adsl', 'fttc', 'fttp', 'leased', 'mobile', 'satellite'];
export const technologyNames: Readonly<Record<Technology, string>> = {
  adsl: 'ADSL2+ (copper)',
  fttc: 'Fibre to the cabinet (copper)',
  fttp: 'Full fibre',
  leased: 'Leased line',
  mobile: '4G or 5G',
  satellite: 'Satellite',
};
export const isCopper = (technology: Technology): boolean => technology === 'adsl' || technology === 'fttc';
/** What the programme counts as full fibre: to the premises, shared or its own. */
export const isFullFibre = (technology: Technology): boolean =>
  technology === 'fttp' || technology === 'leased';

export type SiteKind =
  | 'general-practice'
  | 'hospital'
  | 'clinic'
  | 'pharmacy'
  | 'care-home'
  | 'council'
  | 'ambulance-station'
  | 'diagnostic-centre'
  | 'office';
export const siteKindNames: Readonly<Record<SiteKind, string>> = {
  'general-practice': 'GP practice',
  hospital: 'Hospital',
  clinic: 'Clinic',
  pharmacy: 'Pharmacy',
  'care-home': 'Care home',
  council: 'Council office',
  'ambulance-station': 'Ambulance station',
  'diagnostic-centre': 'Diagnostic centre',
  office: 'Office',
};

/** Kinds of imaging: DICOM modality, PS3.3 C.7.3.1.1.1. */
export type ImagingModality = 'CR' | 'CT' | 'MR' | 'MG' | 'US';

/** What is done at a site in an ordinary week. Absent: not known, never 0. */
export interface Activity {
  /** Consultations of every kind. */
  readonly consultations?: number;
  /** Of these, those that patients would have by video if it worked: asked for, or of a kind that may be. */
  readonly videoWanted?: number;
  /** Studies taken or sent, by modality. */
  readonly images?: Readonly<Partial<Record<ImagingModality, number>>>;
}

/** From and until in minutes after midnight, UK time, on a day of the week: 0 is Monday. */
export interface OpenHours {
  readonly day: number;
  readonly from: number;
  readonly until: number;
}

/** A building with a line. Its id, name, address, place and organisation are those of its Location in the record. */
export interface LineSite {
  /** Of its Location. */
  readonly id: string;
  readonly ods?: string;
  readonly name: string;
  readonly kind: SiteKind;
  /** `ods`: its own code, where it is new to the record. */
  readonly organisation?: { readonly id: string; readonly name: string; readonly ods?: string };
  /** Code of the integrated care board or system: `QWO`, `E54000050`. */
  readonly ics?: string;
  /** WGS 84 degrees. */
  readonly at?: { readonly latitude: number; readonly longitude: number };
  /** Lines of its address without the postcode, town last. */
  readonly address?: readonly string[];
  readonly postcode?: string;
  readonly rural?: boolean;
  /** Decile of the index of multiple deprivation: 1 the most deprived. */
  readonly deprivation?: number;
  /** People who work there at once, on a busy morning. */
  readonly users?: number;
  /** Registered patients, of a practice. */
  readonly listSize?: number;
  readonly open: readonly OpenHours[];
  /** What is done there: `video`, `imaging`, `wifi`, `record`, `backup` … */
  readonly services: readonly string[];
  readonly activity: Activity;
  /** The telephone exchange or cabinet area it hangs on: sites that share it fail together. */
  readonly exchange?: string;
  /** No longer used. */
  readonly closed: boolean;
}

/** Sells lines, or carries them. Its id is that of its Organization in the record, where it has one. */
export interface LineProvider {
  readonly id: string;
  readonly name: string;
  readonly asn?: number;
  /** For faults: telephone and email. */
  readonly telephone?: string;
  readonly email?: string;
}

export interface Speeds {
  readonly down: number;
  readonly up: number;
}

/** Where an end of a circuit lies: A at the provider, Z at the site. */
export interface Termination {
  readonly side: 'A' | 'Z';
  /** Exchange, point of presence, or room in the building. */
  readonly place: string;
  readonly port?: string;
}

/** One line of a site. */
export interface Circuit {
  readonly id: string;
  /** The provider's own number for it. */
  readonly reference?: string;
  readonly site: string;
  readonly provider: string;
  readonly technology: Technology;
  readonly role: 'main' | 'backup';
  readonly state: 'ordered' | 'live' | 'ceased';
  readonly sold?: Speeds;
  readonly guaranteed?: Speeds;
  readonly contract?: string;
  readonly monthly?: number;
  /** Days: `2025-04-01`. */
  readonly installed?: string;
  readonly termEnds?: string;
  readonly ceased?: string;
  readonly router?: string;
  /** Gigabytes a month before more is charged; absent: not metered. */
  readonly metered?: number;
  /** Circuits of a site with different routes do not share a duct: name of the route. */
  readonly route?: string;
  readonly terminations: readonly Termination[];
}

/** Who changes something, as the history of the register names them. */
export interface By {
  /** `Practitioner/9`, `Device/throughline`. */
  readonly id: string;
  readonly name: string;
  /** `page`, `import sites.csv`, `order 12`. */
  readonly via: string;
}

export type RegisterChange =
  | { readonly kind: 'site'; readonly site: LineSite }
  | { readonly kind: 'provider'; readonly provider: LineProvider }
  | { readonly kind: 'circuit'; readonly circuit: Circuit };

/** One change of one thing, as it was and is. */
export interface Revision {
  readonly at: number;
  readonly by: By;
  readonly kind: RegisterChange['kind'];
  readonly id: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Sites, providers and circuits. Nothing is removed: a site closes, a circuit is ceased. */
export interface Register {
  readonly site: (id: string) => Promise<LineSite | undefined>;
  /** All that are not closed unless asked, by name. */
  readonly sites: (asked?: {
    readonly closed?: boolean;
    readonly ids?: readonly string[];
  }) => Promise<readonly LineSite[]>;
  /** Ids of the sites that an organisation runs. */
  readonly sitesOf: (organisation: string) => Promise<readonly string[]>;
  readonly providers: () => Promise<readonly LineProvider[]>;
  readonly circuit: (id: string) => Promise<Circuit | undefined>;
  /** Of these sites, or of all: main ones first. */
  readonly circuits: (sites?: readonly string[]) => Promise<readonly Circuit[]>;
  /** Stores all or nothing, with its history; what is unchanged leaves no trace. Throws a problem that names each fault. */
  readonly save: (changes: readonly RegisterChange[], by: By) => Promise<{ readonly changed: number }>;
  /** Newest first: of a site and its circuits, or of one thing. */
  readonly history: (kind: RegisterChange['kind'], id: string) => Promise<readonly Revision[]>;
}

/** How a reading came about. */
export type ReadingSource = 'page' | 'probe' | 'import';

/** One test of a line, as it was measured: never changed, never averaged away. What was not measured is absent. */
export interface Reading {
  /** Given by whoever measured: the same one sent twice is there once. */
  readonly id: string;
  readonly site: string;
  readonly circuit?: string;
  readonly started: number;
  readonly received: number;
  readonly source: ReadingSource;
  readonly down?: number;
  readonly up?: number;
  /** Round trip with nothing else on the line, and while it is full. */
  readonly idle?: number;
  readonly loaded?: number;
  readonly jitter?: number;
  /** 0 to 1. */
  readonly loss?: number;
  /** Moved by the test itself. */
  readonly bytes: number;
  /** Why it counts for less: `outlier`, `clock`, `cut-short`. It stays. */
  readonly flags: readonly string[];
  /** Who measured: token of a probe, or account. */
  readonly by: string;
}

export type Measure = 'down' | 'up' | 'idle' | 'loaded' | 'jitter' | 'loss';

/** How a measure of a site spread, in one hour of the week. `poor` is what it is not worse than nine times in ten. */
export interface Spread {
  readonly count: number;
  readonly best: number;
  readonly median: number;
  readonly poor: number;
}

/** By hour of the week in UK time: 0 is Monday from midnight to 1. Hours without a reading have none. */
export interface LineWeek {
  readonly site: string;
  /** Of all its readings in that time, whenever taken. */
  readonly all: Readonly<Partial<Record<Measure, Spread>>>;
  readonly hours: readonly (Readonly<Partial<Record<Measure, Spread>>> | undefined)[];
  /** When the last reading was taken; undefined: never measured. */
  readonly last: number | undefined;
}

/** The part of a spread that care is judged by. */
export type PoorSpread = Pick<Spread, 'count' | 'poor'>;

/** A week told shortly. */
export interface PoorWeek {
  readonly site: string;
  readonly last: number | undefined;
  /** Of an hour of the week, or of all of it. Undefined: not measured then. */
  readonly told: (measure: Measure, hour?: number) => PoorSpread | undefined;
}

export interface Readings {
  /** Keeps what is new. Those of unknown sites are refused by index. */
  readonly add: (readings: readonly Reading[]) => Promise<{ readonly added: number; readonly known: number }>;
  /** Newest first. */
  readonly of: (
    site: string,
    asked: { readonly from?: number; readonly until?: number; readonly most?: number },
  ) => Promise<readonly Reading[]>;
  /**
   * Of the eight weeks before a moment; of all sites that have readings where none is named. With `hour`, that hour of the
   * week alone beside `all`: for many sites far less to read. Of up to 50 named sites it knows readings of this second; of more, those
   * of the last minute.
   */
  readonly weeks: (
    at: number,
    sites?: readonly string[],
    only?: { readonly hour?: number },
  ) => Promise<ReadonlyMap<string, LineWeek>>;
  /** All hours of many sites, as fresh as `weeks` knows them: 10,000 sites in about a second. */
  readonly poorWeeks: (at: number, sites: readonly string[]) => Promise<ReadonlyMap<string, PoorWeek>>;
  /** Told after readings of these sites came in, in this process. */
  readonly whenAdded: (told: (sites: readonly string[]) => void) => void;
}

/** A line that is down, or much worse than it was. */
export interface Incident {
  readonly id: string;
  readonly kind: 'outage' | 'degradation';
  readonly site: string;
  readonly started: number;
  readonly ended: number | undefined;
  /** What changed, in words: “Upload fell from 8.9 to 0.6 Mbit/s”. */
  readonly told: string;
  /** Of several sites on one provider or exchange at once: the same for all. */
  readonly shared: string | undefined;
  readonly note: string | undefined;
}

export interface Incidents {
  readonly open: (sites?: readonly string[]) => Promise<readonly Incident[]>;
  readonly of: (site: string, from: number) => Promise<readonly Incident[]>;
}

/** What care needs a line for. */
export type CareService =
  | 'video-hd'
  | 'video'
  | 'video-low'
  | 'audio'
  | 'record'
  | 'images-CR'
  | 'images-CT'
  | 'images-MR'
  | 'images-MG'
  | 'backup'
  | 'wifi';

export type Verdict = 'yes' | 'limited' | 'no' | 'unknown';

/** What holds a service back most. */
export interface Binding {
  readonly measure: Measure;
  readonly value: number;
  readonly needed: number;
  /** “Upload, 0.4 Mbit/s” */
  readonly words: string;
}

export interface ServiceCapability {
  readonly service: CareService;
  readonly verdict: Verdict;
  /** Consultations at once, people at once. */
  readonly atOnce?: number;
  /** To send, and to open, one study; to back a day's work up. */
  readonly sendSeconds?: number;
  readonly openSeconds?: number;
  readonly binding?: Binding;
  /** What is not known of the line and would be needed to say more. */
  readonly missing?: readonly Measure[];
}

/** What care a site's line can carry at a moment. */
export interface SiteCapability {
  readonly site: string;
  readonly at: number;
  /** What it rests on: readings of that hour of the week, readings of any hour, what was sold, or nothing. */
  readonly basis: 'hour' | 'week' | 'sold' | 'unknown';
  /** Version of the rules. */
  readonly rules: string;
  readonly line: Readonly<Partial<Record<Measure, number>>>;
  readonly services: Readonly<Record<CareService, ServiceCapability>>;
}

export interface Capability {
  /** Unknown sites and lines are answered as unknown, conservatively; it never throws for them. */
  readonly siteCapability: (site: string, at: number) => Promise<SiteCapability>;
  /** Of many sites at one moment: 10,000 in less than a second. */
  readonly capabilities: (
    sites: readonly string[],
    at: number,
  ) => Promise<ReadonlyMap<string, SiteCapability>>;
  /** Consultations, and images in seconds waited, that the line holds back in an ordinary week, from activity. Undefined where activity is not known. */
  readonly heldBack: (sites: readonly string[]) => Promise<ReadonlyMap<string, HeldBack>>;
}

export interface HeldBack {
  readonly site: string;
  /** A week. */
  readonly consultations: number | undefined;
  /** Hours a week spent waiting for images beyond what full fibre would take. */
  readonly imageHours: number | undefined;
  readonly binding: Binding | undefined;
}

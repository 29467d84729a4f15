/**
 * An order for a line: what is known of it, and the deeds that made it so. An order is the sum of its deeds, which are never
 * changed or removed. Speeds in Mbit/s, times in ms, days as `2026-11-22`, money in whole pounds, moments in ms since 1970 UTC.
 */
import type { Speeds, Technology } from '../model.ts';

/** In their order. */
export const stages = [
  'survey',
  'quote',
  'approve',
  'wayleave',
  'build',
  'install',
  'acceptance',
  'live',
] as const;
export type Stage = (typeof stages)[number];
export type OrderState = Stage | 'cancelled';
/** Stages that take time: all but the last. */
export const workStages = stages.slice(0, -1) as readonly WorkStage[]; // the last is `live`
export type WorkStage = Exclude<Stage, 'live'>;

export const stateNames: Readonly<Record<OrderState, string>> = {
  survey: 'Survey',
  quote: 'Quotes',
  approve: 'Approval',
  wayleave: 'Wayleave',
  build: 'Build',
  install: 'Install',
  acceptance: 'Acceptance',
  live: 'Live',
  cancelled: 'Cancelled',
};

/** What the new line must do, measured at the site: the least speeds, the most delay and loss. */
export interface Ordered extends Speeds {
  /** Round trip with nothing else on the line, ms. */
  readonly idle: number;
  /** Round trip while the line is full, ms. */
  readonly loaded?: number;
  /** 0 to 1. */
  readonly loss?: number;
}

export interface Quote {
  /** Id of a LineProvider. */
  readonly provider: string;
  readonly speeds: Speeds;
  /** One-off: construction and installation. */
  readonly install: number;
  readonly monthly: number;
  readonly termMonths: number;
  /** From approval to a line that can be measured. */
  readonly days: number;
  /** Service level: hours until a fault is mended, and share of the time that the line is up, 0 to 1. */
  readonly fixHours: number;
  readonly availability: number;
  readonly note: string;
}

/** Why something waits, as delays and blockers name it. */
export const causes = ['supplier', 'wayleave', 'site', 'street-works', 'weather', 'region'] as const;
export type Cause = (typeof causes)[number];
export const causeNames: Readonly<Record<Cause, string>> = {
  supplier: 'The supplier',
  wayleave: 'Permission of a landowner (wayleave)',
  site: 'The site or its building',
  'street-works': 'Street works or the highway authority',
  weather: 'Weather',
  region: 'The region',
};

/** Figures of an acceptance test, as acceptance.ts judges them. */
export interface AcceptanceLine {
  readonly measure: 'down' | 'up' | 'idle' | 'loaded' | 'loss' | 'tests' | 'hours' | 'open' | 'span';
  readonly needed: number;
  /** Undefined: not measured. */
  readonly found: number | undefined;
  readonly met: boolean;
}
export interface Acceptance {
  readonly rule: string;
  /** `early`: too few tests to say. */
  readonly verdict: 'met' | 'failed' | 'early';
  readonly from: number;
  readonly tests: number;
  readonly lines: readonly AcceptanceLine[];
}

/** What care a site's line could carry at a moment: taken before the new line, and after 90 days of it. */
export interface CareSnapshot {
  readonly at: number;
  readonly video: string;
  readonly videoAtOnce?: number;
  /** What held video back, in words. */
  readonly binding?: string;
  /** A week; absent where activity is not known. */
  readonly heldBack?: number;
  readonly imageHours?: number;
  /** Share of consultations that are or may be by video on this line, 0 to 1; absent where activity is not known. */
  readonly videoShare?: number;
}

export const documentKinds = ['survey', 'wayleave', 'quote', 'as-built', 'other'] as const;
export type DocumentKind = (typeof documentKinds)[number];
export const documentKindNames: Readonly<Record<DocumentKind, string>> = {
  survey: 'Survey',
  wayleave: 'Wayleave',
  quote: 'Quote',
  'as-built': 'Plan as built',
  other: 'Something else',
};

/** Something that was done to an order, by whom it is in its event. */
export type Deed =
  | {
      readonly kind: 'opened';
      readonly number: number;
      readonly site: string;
      readonly role: 'main' | 'backup';
      readonly technology: Technology;
      readonly ordered: Ordered;
      /** What the plan or whoever opened it expects it to cost once. */
      readonly estimate: number;
      /** Of the budget. */
      readonly year: number;
      readonly plan?: { readonly id: string; readonly name: string; readonly route?: string };
      readonly reason: string;
      readonly invited: readonly string[];
      /** Id of the circuit, where the register has one for it already. */
      readonly circuit?: string;
    }
  | { readonly kind: 'invited'; readonly provider: string }
  | { readonly kind: 'declined'; readonly provider: string; readonly why: string }
  | { readonly kind: 'surveyed'; readonly day: string; readonly provider?: string; readonly note: string }
  | { readonly kind: 'quoted'; readonly quote: Quote }
  | { readonly kind: 'chosen'; readonly provider: string; readonly why: string }
  | { readonly kind: 'approved'; readonly due: string; readonly note: string }
  | {
      readonly kind: 'wayleave';
      readonly day: string;
      readonly needed: boolean;
      readonly note: string;
    }
  | { readonly kind: 'built'; readonly day: string; readonly note: string }
  | {
      readonly kind: 'installed';
      readonly day: string;
      readonly reference: string;
      readonly note: string;
      readonly before?: CareSnapshot;
    }
  | { readonly kind: 'accepted'; readonly figures: Acceptance }
  | { readonly kind: 'failed'; readonly figures: Acceptance; readonly why: string }
  | { readonly kind: 'sent-back'; readonly to: WorkStage; readonly why: string }
  | { readonly kind: 'proposed'; readonly day: string; readonly note: string }
  | { readonly kind: 'agreed'; readonly day: string; readonly provider?: string }
  | { readonly kind: 'delayed'; readonly due: string; readonly cause: Cause; readonly why: string }
  | { readonly kind: 'blocked'; readonly cause: Cause; readonly why: string }
  | { readonly kind: 'unblocked'; readonly note: string }
  | { readonly kind: 'cancelled'; readonly why: string }
  | {
      readonly kind: 'document';
      readonly id: string;
      readonly about: DocumentKind;
      readonly name: string;
      readonly type: string;
      readonly size: number;
      readonly hash: string;
    }
  /** `shared`: those who supply may read it. */
  | { readonly kind: 'noted'; readonly text: string; readonly shared: boolean }
  | { readonly kind: 'invoiced'; readonly day: string; readonly pounds: number; readonly what: string }
  | { readonly kind: 'benefit'; readonly after: CareSnapshot };
export type DeedKind = Deed['kind'];

/** Whoever did something, for a supplier or for the region. */
export interface Doer {
  /** `Practitioner/9`, `Device/throughline`. */
  readonly id: string;
  readonly name: string;
  /** Id of the LineProvider that they work for; absent: for the region. */
  readonly provider?: string;
}

export interface OrderEvent {
  readonly order: string;
  /** 1 for the first; the order's version after it. */
  readonly version: number;
  readonly at: number;
  readonly by: Doer;
  readonly deed: Deed;
}

/** One stay in a stage; an order that goes back has several of one. */
export interface Spell {
  readonly stage: WorkStage;
  readonly from: number;
  readonly until?: number;
}

export interface Visit {
  readonly day: string;
  readonly note: string;
  readonly agreed: boolean;
  /** Who comes; absent: as the region said. */
  readonly provider?: string;
}

export interface OrderDocument {
  readonly id: string;
  readonly about: DocumentKind;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly hash: string;
  readonly at: number;
  readonly by: Doer;
}

export interface Order {
  readonly id: string;
  /** As people say it: order 12. */
  readonly number: number;
  readonly version: number;
  readonly site: string;
  readonly role: 'main' | 'backup';
  readonly technology: Technology;
  readonly ordered: Ordered;
  readonly estimate: number;
  readonly year: number;
  readonly plan?: { readonly id: string; readonly name: string; readonly route?: string };
  readonly reason: string;
  readonly invited: readonly string[];
  readonly circuit?: string;
  readonly declined: readonly { readonly provider: string; readonly why: string }[];
  /** The last of each supplier. */
  readonly quotes: readonly (Quote & { readonly at: number; readonly by: Doer })[];
  /** Supplier of the quote that was chosen. */
  readonly chosen?: string;
  readonly state: OrderState;
  readonly spells: readonly Spell[];
  readonly opened: number;
  readonly changed: number;
  readonly approved?: number;
  /** When it is to be live: as the chosen quote promised, and as it stands now. */
  readonly promised?: string;
  readonly due?: string;
  /** Visits to the site to come: one of each supplier, or of the region. */
  readonly visits: readonly Visit[];
  readonly blocked?: {
    readonly since: number;
    readonly cause: Cause;
    readonly why: string;
    readonly by: Doer;
  };
  readonly delays: readonly {
    readonly at: number;
    readonly due: string;
    readonly cause: Cause;
    readonly why: string;
  }[];
  readonly installed?: {
    readonly day: string;
    readonly reference: string;
    /** Readings started from then on are of the new line. */
    readonly from: number;
  };
  /** Times that it failed its acceptance. */
  readonly failures: number;
  readonly figures?: Acceptance;
  readonly live?: number;
  readonly before?: CareSnapshot;
  readonly after?: CareSnapshot;
  readonly documents: readonly OrderDocument[];
  readonly invoices: readonly { readonly day: string; readonly pounds: number; readonly what: string }[];
}

export const quoteOf = (order: Order, provider: string | undefined): Order['quotes'][number] | undefined =>
  order.quotes.find((quote) => quote.provider === provider);

/** What the order costs once, as far as it is known: the chosen quote, else the estimate. */
export const oneOff = (order: Order): number => quoteOf(order, order.chosen)?.install ?? order.estimate;

export const invoiced = (order: Order): number => order.invoices.reduce((sum, { pounds }) => sum + pounds, 0);

export const isOpen = ({ state }: Pick<Order, 'state'>): boolean => state !== 'live' && state !== 'cancelled';

/** Id of the circuit that the order makes. */
export const circuitOf = (order: Pick<Order, 'number' | 'circuit'>): string =>
  order.circuit ?? `order-${order.number}`;

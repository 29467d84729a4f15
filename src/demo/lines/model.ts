/** The lines of the demonstration region, in the shapes in which the programme of lines keeps them. Mbit/s, ms, pounds. */

export type LineTechnology = 'adsl' | 'fttc' | 'fttp' | 'leased' | 'mobile' | 'satellite';

export interface Speed {
  readonly down: number;
  readonly up: number;
}

export interface DemoSite {
  readonly id: string;
  readonly ods: string;
  readonly name: string;
  readonly kind:
    | 'general-practice'
    | 'hospital'
    | 'clinic'
    | 'pharmacy'
    | 'care-home'
    | 'council'
    | 'ambulance-station'
    | 'diagnostic-centre'
    | 'office';
  readonly organisation: { readonly id: string; readonly name: string };
  readonly ics: string;
  readonly at: { readonly latitude: number; readonly longitude: number };
  readonly postcode: string;
  readonly rural: boolean;
  readonly deprivation: number;
  readonly users: number;
  readonly listSize?: number;
  readonly open: readonly { readonly day: number; readonly from: number; readonly until: number }[];
  readonly services: readonly string[];
  readonly activity: {
    readonly consultations: number;
    readonly videoWanted: number;
    readonly images?: Readonly<Partial<Record<'CR' | 'CT' | 'MR' | 'MG' | 'US', number>>>;
  };
  readonly exchange: string;
  readonly closed: boolean;
}

export interface DemoProvider {
  readonly id: string;
  readonly name: string;
  readonly asn?: number;
  readonly telephone: string;
  readonly email: string;
}

export interface DemoCircuit {
  readonly id: string;
  readonly reference: string;
  readonly site: string;
  readonly provider: string;
  readonly technology: LineTechnology;
  readonly role: 'main' | 'backup';
  readonly state: 'live' | 'ceased';
  readonly sold: Speed;
  readonly guaranteed?: Speed;
  readonly contract: string;
  readonly monthly: number;
  readonly installed: string;
  readonly termEnds: string;
  readonly ceased?: string;
  readonly router: string;
  readonly metered?: number;
  readonly route: string;
  readonly terminations: readonly {
    readonly side: 'A' | 'Z';
    readonly place: string;
    readonly port?: string;
  }[];
}

export interface DemoReading {
  readonly id: string;
  readonly site: string;
  readonly circuit: string;
  readonly started: number;
  readonly received: number;
  readonly source: 'probe';
  readonly down: number;
  readonly up: number;
  readonly idle: number;
  readonly loaded: number;
  readonly jitter: number;
  readonly loss: number;
  readonly bytes: number;
  readonly flags: readonly string[];
  readonly by: string;
}

/** In which a probe was heard, or ran and could not reach the server. ms since 1970 UTC. */
export interface DemoLife {
  readonly site: string;
  readonly by: string;
  readonly kind: 'up' | 'cut';
  readonly started: number;
  readonly ended: number;
}

export interface DemoLines {
  readonly sites: readonly DemoSite[];
  readonly providers: readonly DemoProvider[];
  readonly circuits: readonly DemoCircuit[];
  /** Two years of tests, made while they are read. */
  readonly readings: () => Iterable<DemoReading>;
  readonly life: readonly DemoLife[];
}

import type { Sight } from './sight.ts';

/** Who asks, in which role, for which organisation and purpose. In every signature of the record from the first day. */
export interface Actor {
  /** Stable id of the person or system: `Practitioner/123`, `Patient/9`, `Device/import`. */
  readonly id: string;
  /** Shown to the patient in the audit trail. */
  readonly name: string;
  readonly role: string;
  /** `Organization/…` the actor works for now, where there is one. */
  readonly organisation?: string;
  /** Purpose of use (HL7 v3 PurposeOfUse): TREAT, HOPERAT, PATRQT, … */
  readonly purpose: string;
  /** The request that this is part of: goes to logs, audit and Provenance-grade metadata. */
  readonly requestId: string;
  /** What of the record it may see and change. */
  readonly sight: Sight;
  /** How it came in: `api`, `page`, `import`, `job`. */
  readonly via: 'api' | 'page' | 'import' | 'job';
}

/** What rooms are told of the line of a place of care, without knowing where it is measured. */

export type Carries = 'yes' | 'limited' | 'no' | 'unknown';

export interface LineCarries {
  readonly video: Carries;
  readonly audio: Carries;
  /** Video consultations at once. */
  readonly videoAtOnce?: number;
  /** What holds video back most: “Upload, 0.4 Mbit/s”. */
  readonly because?: string;
}

/** Of a site (id of its Location) at a moment (ms since 1970 UTC). Never throws for a site that is not known. */
export type LineCarriesAt = (site: string, at: number) => Promise<LineCarries>;

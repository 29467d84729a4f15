/** What a run of a scenario gives: plain data, kept with the scenario and shown. Money in pounds, benefit in weighted consultations. */
import type { SiteKind, Technology } from '../model.ts';
import type { RegionPlan } from '../planner/plan-region.ts';
import type { LeftOut } from './build-task.ts';
import type { NewTechnology } from './price-book.ts';
import type { ProgrammeKey } from './programmes.ts';

export interface OutcomeSite {
  readonly site: string;
  readonly name: string;
  readonly kind: SiteKind;
  readonly rural: boolean;
  /** Its line today. */
  readonly now?: Technology;
  readonly assumed: boolean;
  /** Weighted consultations a year that a full relief of its line would bring. */
  readonly benefit: number;
  /** Consultations a week that its line holds back, unweighted. */
  readonly held: number;
  readonly plan?: {
    readonly year: number;
    readonly technology: NewTechnology;
    readonly supplier?: string;
    /** Its part of the cost, in pounds of that year, after what programmes pay. */
    readonly cost: number;
    readonly programme?: ProgrammeKey;
    /** Shared with the others of that trench. */
    readonly route?: string;
  };
  readonly leftOut?: LeftOut;
  /** Why it is in the plan or out of it. */
  readonly reason: string;
}

export interface OutcomeTrench {
  readonly route: string;
  readonly year: number;
  readonly sites: readonly string[];
  readonly metres: number;
  /** Before what programmes pay, in pounds of the first year. */
  readonly cost: number;
  readonly paidByProgrammes: number;
  /** Longitude and latitude. */
  readonly lines: readonly (readonly (readonly [number, number])[])[];
}

export interface OutcomeSummary {
  readonly status: RegionPlan['status'];
  /** Over all years of the programme. */
  readonly benefit: number;
  readonly bound: number;
  readonly gap: number;
  readonly years: readonly {
    readonly year: number;
    readonly budget: number;
    readonly spend: number;
    readonly sites: number;
    /** At the end of the year. */
    readonly onFibre: number;
    readonly onCopper: number;
  }[];
  readonly rules: RegionPlan['rules'];
  readonly missing: readonly string[];
  readonly sites: number;
  readonly planned: number;
  readonly rural: number;
  readonly groups: number;
  /** Groups too large to try every way of. */
  readonly largeGroups: number;
  readonly paidByProgrammes: number;
  readonly metres: number;
  readonly assumedLines: number;
  readonly estimated: number;
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  readonly seconds: number;
  readonly roads: string;
}

/** Which way each group is served: enough to start a later run from. */
export interface KeptChoice {
  readonly cluster: string;
  readonly year: number;
  /** `site technology`, in order. */
  readonly sites: readonly string[];
}

export interface PlanOutcome {
  readonly summary: OutcomeSummary;
  readonly sites: readonly OutcomeSite[];
  readonly trenches: readonly OutcomeTrench[];
  readonly choices: readonly KeptChoice[];
}

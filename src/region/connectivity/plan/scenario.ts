/** What a scenario asks: budgets, rules, prices, weights, sites locked in or left out. Checked wherever it comes in. */
import { z } from 'zod';
import { type SiteKind, siteKindNames } from '../model.ts';
import { usualWeights } from './benefit.ts';
import { newTechnologies, priceBook } from './price-book.ts';
import { programmes } from './programmes.ts';

const kinds = Object.keys(siteKindNames) as [SiteKind, ...SiteKind[]]; // the keys of its own record
const year = z.int().min(2000).max(2100);
const share = z.number().min(0).max(100);
const amount = z.number().min(0).max(1e12);
export const mostYears = 6;

const priceKeys = priceBook.map(({ key }) => key) as [string, ...string[]];

export const scenarioSchema = z.strictObject({
  firstYear: year,
  /** In pounds, year by year. */
  budgets: z.array(amount).min(1).max(mostYears),
  carryOver: z.boolean().default(true),
  /** Per cent a year. */
  inflation: z.number().min(-20).max(50).default(3),
  /** Years of rental, above what the site pays today, that count as cost. */
  rentalYears: z.number().min(0).max(10).default(3),
  weights: z
    .strictObject({ care: amount, patients: amount, deprivation: z.number().min(0).max(1), rurality: amount })
    .default(usualWeights),
  technologies: z
    .array(z.enum(newTechnologies as [(typeof newTechnologies)[number], ...typeof newTechnologies]))
    .min(1)
    .default([...newTechnologies]),
  programmes: z
    .array(z.enum(programmes.map(({ key }) => key) as ['hscn' | 'lffn' | 'rgc']))
    .default(programmes.map(({ key }) => key)),
  /** Of the rural sites without it, at least so many per cent get full fibre or a leased line; 0 for no floor. */
  ruralFloor: share.default(0),
  /** So many per cent of all sites on full fibre by the end of a year. */
  fibreTarget: z.strictObject({ percent: share, by: year }).optional(),
  /** No site on copper after the end of this year. */
  copperBy: year.optional(),
  lock: z.array(z.strictObject({ site: z.string().min(1), by: year.optional() })).default([]),
  bar: z.array(z.string().min(1)).default([]),
  /** Sites where 4G and 5G do not reach. Elsewhere they are taken to. */
  noMobile: z.array(z.string().min(1)).default([]),
  prices: z.partialRecord(z.enum(priceKeys), amount).default({}),
  suppliers: z
    .array(
      z.strictObject({
        supplier: z.string().min(1).max(200),
        technology: z.enum(newTechnologies as [(typeof newTechnologies)[number], ...typeof newTechnologies]),
        percent: z.number().min(1).max(1_000),
      }),
    )
    .default([]),
  /** Kinds of site in the programme; none named: all. */
  kinds: z.array(z.enum(kinds)).default([]),
  /** Code of an integrated care system; absent: all. */
  ics: z.string().optional(),
  /** Key of the road map: `none` for straight lines, `demonstration`, or the id of one that was imported. */
  roads: z.string().default('none'),
  /** How much longer a way on the ground is than a straight line, where roads are not known. */
  detour: z.number().min(1).max(5).default(1.35),
  /** Most sites that may share one trench. Above a dozen they are planned by a search that proves its gap. */
  mostTogether: z.int().min(1).max(40).default(8),
  /** Metres: sites farther apart than this share no trench. */
  farthest: z.number().min(0).max(200_000).default(15_000),
  /** Lines of sites without any are drawn by the model of assumed lines; otherwise such sites are left out. */
  assumeLines: z.boolean().default(true),
  /** Day by which the lines of the register count: `2024-11-22`. Absent: today. */
  linesOn: z.iso.date().optional(),
  /** Good enough: per cent of benefit. */
  gap: z.number().min(0).max(20).default(0.5),
  /** When a run gives what it has. */
  seconds: z.number().min(1).max(3_600).default(300),
});

export type ScenarioParameters = z.infer<typeof scenarioSchema>;

/** A whole scenario from what differs from the usual. */
export const scenarioOf = (given: z.input<typeof scenarioSchema>): ScenarioParameters =>
  scenarioSchema.parse(given);

/** The form of a scenario: what is typed, what it means, and how an earlier scenario is shown in it again. */
import { z } from 'zod';
import type { FieldError } from '../../../web/form-fields.ts';
import { defineForm } from '../../../web/forms/define-form.ts';
import { choicesField, type Field, requiredText, textField } from '../../../web/forms/fields.ts';
import { type LineSite, type SiteKind, siteKindNames, technologyNames } from '../model.ts';
import { type NewTechnology, newTechnologies, type PriceKey, priceBook, pricesWith } from './price-book.ts';
import { type ProgrammeKey, programmes } from './programmes.ts';
import { mostYears, type ScenarioParameters, scenarioSchema } from './scenario.ts';

interface NumberLimits {
  /** Begins a sentence: “Budget for year 1”. */
  readonly what: string;
  readonly least: number;
  readonly most: number;
  /** Said where nothing was typed; without it the field may stay empty. */
  readonly missing?: string;
  readonly whole?: boolean;
  readonly pounds?: boolean;
}

const inWords = (n: number, pounds: boolean): string => `${pounds ? '£' : ''}${n.toLocaleString('en-GB')}`;

/** A number as people type it: `1,200,000`, `£250k`, `1.5m`, `30%`. Undefined where nothing was typed and nothing must be. */
function numberField(name: string, limits: NumberLimits): Field<string, number | undefined> {
  const { what, least, most, missing, whole = false, pounds = false } = limits;
  return textField(
    name,
    z.string().transform((typed, context): number | undefined => {
      const fail = (message: string): undefined => {
        context.addIssue({ code: 'custom', message });
        return undefined;
      };
      if (typed === '') return missing === undefined ? undefined : fail(missing);
      const [, sign = '', digits, unit = ''] =
        /^([-−]?)£?\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*([km%]?)$/i.exec(typed.replace(/^£\s*([-−])/, '$1')) ?? [];
      if (digits === undefined || (unit === '%' && pounds))
        return fail(`${what} must be a number, like ${pounds ? '1,200,000' : whole ? '12' : '2.5'}`);
      const size = Number(digits.replaceAll(',', '')) * ({ k: 1e3, m: 1e6 }[unit.toLowerCase()] ?? 1);
      const value = sign === '' ? size : -size;
      if (value < least) return fail(`${what} must be ${inWords(least, pounds)} or more`);
      if (value > most) return fail(`${what} must be ${inWords(most, pounds)} or less`);
      if (whole && !Number.isInteger(value)) return fail(`${what} must be a whole number`);
      return value;
    }),
  );
}

const budgetName = (i: number): string => `budget-${i + 1}`;
const priceName = (key: PriceKey): string => `price-${key.replace('.', '-')}`;
const years = { least: 2000, most: 2100, whole: true } as const;

const budgets = Object.fromEntries(
  Array.from({ length: mostYears }, (_, i) => [
    budgetName(i),
    numberField(budgetName(i), {
      ...{ what: `Budget for year ${i + 1}`, least: 0, most: 1e10, pounds: true },
      ...(i === 0 ? { missing: 'Enter a budget for year 1' } : {}),
    }),
  ]),
) as Record<string, Field<string, number | undefined>>;

const prices = Object.fromEntries(
  priceBook.map(({ key, name }) => [
    priceName(key),
    numberField(priceName(key), { what: name, least: 0, most: 1e7, pounds: true }),
  ]),
) as Record<string, Field<string, number | undefined>>;

const choice = (name: string, values: readonly string[], wrong: string) =>
  textField(
    name,
    z.string().refine((typed) => values.includes(typed), wrong),
  );

const someOf = <T extends string>(name: string, values: readonly T[], missing: string | undefined) =>
  choicesField(
    name,
    z
      .array(z.string())
      .transform((sent): T[] => values.filter((value) => sent.includes(value)))
      .refine((chosen) => missing === undefined || chosen.length > 0, missing ?? ''),
  );

const lines = (name: string) =>
  textField(
    name,
    z.string().transform((typed) =>
      typed
        .split(/[\n;]+/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ),
  );

export function scenarioForm(roadKeys: readonly string[]) {
  return defineForm({
    fields: {
      name: requiredText('name', { missing: 'Enter a name for this scenario', what: 'Name', most: 120 }),
      firstYear: numberField('firstYear', { what: 'First year', missing: 'Enter the first year', ...years }),
      ...budgets,
      carryOver: choice('carryOver', ['yes', 'no'], 'Select whether money that is left may be spent later'),
      inflation: numberField('inflation', { what: 'Rise in prices', least: -20, most: 50 }),
      ruralFloor: numberField('ruralFloor', { what: 'Least share of rural sites', least: 0, most: 100 }),
      fibrePercent: numberField('fibrePercent', { what: 'Share on full fibre', least: 0, most: 100 }),
      fibreBy: numberField('fibreBy', { what: 'Year of that share', ...years }),
      copperBy: numberField('copperBy', { what: 'Last year of copper', ...years }),
      lock: lines('lock'),
      bar: lines('bar'),
      noMobile: lines('noMobile'),
      technologies: someOf('technologies', newTechnologies, 'Select at least one kind of line'),
      programmes: someOf<ProgrammeKey>(
        'programmes',
        programmes.map(({ key }) => key),
        undefined,
      ),
      kinds: someOf('kinds', Object.keys(siteKindNames) as SiteKind[], undefined),
      roads: choice('roads', roadKeys, 'Select where trenches may run'),
      ...prices,
      suppliers: lines('suppliers'),
      rentalYears: numberField('rentalYears', { what: 'Years of rental', least: 0, most: 10 }),
      care: numberField('care', { what: 'Weight of care held back', least: 0, most: 1000 }),
      patients: numberField('patients', { what: 'Weight of patients', least: 0, most: 1000 }),
      deprivation: numberField('deprivation', { what: 'Weight of deprivation', least: 0, most: 1 }),
      rurality: numberField('rurality', { what: 'Weight of rurality', least: 0, most: 100 }),
      mostTogether: numberField('mostTogether', {
        ...{ what: 'Sites on one trench', least: 1, most: 40, whole: true },
      }),
      gap: numberField('gap', { what: 'Good enough', least: 0, most: 20 }),
      seconds: numberField('seconds', { what: 'Longest time', least: 1, most: 3600, whole: true }),
    },
    check: (values) => {
      const errors: FieldError[] = [];
      const given = budgetsOf(values);
      const gapAt = given.findIndex(
        (budget, i) => budget === undefined && given.slice(i).some((b) => b !== undefined),
      );
      if (gapAt >= 0)
        errors.push({
          field: budgetName(gapAt),
          text: `Enter a budget for year ${gapAt + 1}, or 0 if nothing is spent then`,
        });
      const first = values.firstYear ?? 0;
      const both = [values.fibrePercent, values.fibreBy];
      if (both.some((x) => x === undefined) && both.some((x) => x !== undefined))
        errors.push(
          values.fibreBy === undefined
            ? { field: 'fibreBy', text: 'Enter the year by which that share is to be on full fibre' }
            : { field: 'fibrePercent', text: 'Enter the share that is to be on full fibre by then' },
        );
      for (const field of ['fibreBy', 'copperBy'] as const)
        if (values[field] !== undefined && values[field] < first)
          errors.push({ field, text: `The year must be ${first} or later` });
      return errors;
    },
  });
}

type Form = ReturnType<typeof scenarioForm>;
type FormValues = Extract<ReturnType<Form['parse']>, { readonly value: unknown }>['value'];

const budgetsOf = (values: Readonly<Record<string, unknown>>): (number | undefined)[] =>
  Array.from({ length: mostYears }, (_, i) => values[budgetName(i)] as number | undefined); // its own field's

/** Which site a line of the form names: by id, ODS code or whole name. */
function siteFinder(sites: readonly LineSite[]): (words: string) => LineSite | undefined {
  const byKey = new Map<string, LineSite>();
  for (const site of sites)
    for (const key of [site.name, site.ods, site.id]) if (key) byKey.set(key.toLowerCase(), site);
  return (words) => byKey.get(words.toLowerCase());
}

/** Parameters from what was typed, or what only the register could tell is wrong. */
export function parametersFrom(
  values: FormValues,
  sites: readonly LineSite[],
  base: ScenarioParameters | undefined,
): ScenarioParameters | readonly FieldError[] {
  const errors: FieldError[] = [];
  const find = siteFinder(sites);
  const lock: { site: string; by?: number }[] = [];
  const first = values.firstYear ?? 0;
  for (const line of values.lock) {
    const [, words = line, year] = /^(.*?)(?:,?\s+by\s+(\d{4}))?$/i.exec(line) ?? [];
    const site = find(words);
    if (!site) errors.push({ field: 'lock', text: unknownSite(words) });
    else if (year !== undefined && Number(year) < first)
      errors.push({
        field: 'lock',
        text: `${site.name} cannot be in by ${year}: the first year is ${first}`,
      });
    else lock.push({ site: site.id, ...(year === undefined ? {} : { by: Number(year) }) });
  }
  const bar: string[] = [];
  for (const line of values.bar) {
    const site = find(line);
    if (!site) errors.push({ field: 'bar', text: unknownSite(line) });
    else if (lock.some((one) => one.site === site.id))
      errors.push({
        field: 'bar',
        text: `${site.name} is to be in and left out at once. Take it off one list`,
      });
    else bar.push(site.id);
  }
  const noMobile: string[] = [];
  for (const line of values.noMobile) {
    const site = find(line);
    if (site) noMobile.push(site.id);
    else errors.push({ field: 'noMobile', text: unknownSite(line) });
  }
  const suppliers: ScenarioParameters['suppliers'] = [];
  for (const line of values.suppliers) {
    const parts = line.split(',').map((part) => part.trim());
    const technology = newTechnologies.find(
      (one) =>
        one === parts[1]?.toLowerCase() || technologyNames[one].toLowerCase() === parts[1]?.toLowerCase(),
    );
    const percent = Number((parts[2] ?? '').replace(/%$/, ''));
    if (parts.length !== 3 || !parts[0] || !technology || !(percent >= 1 && percent <= 1000))
      errors.push({
        field: 'suppliers',
        text: 'Write each supplier as a name, a kind of line and a per cent of the price, like “Brightfen Fibre, full fibre, 95”',
      });
    else suppliers.push({ supplier: parts[0], technology, percent });
  }
  if (errors.length > 0) return errors;
  const usual = pricesWith();
  const typedPrices = values as unknown as Readonly<Record<string, number | undefined>>; // fields of prices are among them
  const given = (x: number | undefined, key: string): Record<string, number> =>
    x === undefined ? {} : { [key]: x };
  return scenarioSchema.parse({
    ...(base?.linesOn === undefined ? {} : { linesOn: base.linesOn }),
    ...(base?.ics === undefined ? {} : { ics: base.ics }),
    firstYear: first,
    budgets: budgetsOf(values).filter((budget) => budget !== undefined),
    carryOver: values.carryOver === 'yes',
    ...given(values.inflation, 'inflation'),
    ...given(values.rentalYears, 'rentalYears'),
    ...given(values.ruralFloor, 'ruralFloor'),
    ...(values.fibrePercent === undefined || values.fibreBy === undefined
      ? {}
      : { fibreTarget: { percent: values.fibrePercent, by: values.fibreBy } }),
    ...given(values.copperBy, 'copperBy'),
    ...{ lock, bar, noMobile, suppliers, technologies: values.technologies, programmes: values.programmes },
    ...{ kinds: values.kinds, roads: values.roads },
    weights: {
      ...{ care: values.care ?? 1, patients: values.patients ?? 0 },
      ...{ deprivation: values.deprivation ?? 0, rurality: values.rurality ?? 0 },
    },
    prices: Object.fromEntries(
      priceBook.flatMap(({ key }) => {
        const typed = typedPrices[priceName(key)];
        return typed === undefined || typed === usual[key] ? [] : [[key, typed]];
      }),
    ),
    ...given(values.mostTogether, 'mostTogether'),
    ...given(values.gap, 'gap'),
    ...given(values.seconds, 'seconds'),
  });
}

const unknownSite = (words: string): string =>
  `There is no site called “${words.slice(0, 60)}”. Use its ODS code or its whole name, one on each line`;

/** What the form holds for parameters that are known. */
export function typedFrom(
  parameters: ScenarioParameters,
  name: string,
  sites: readonly LineSite[],
): Record<string, unknown> {
  const text = (x: number | undefined): string =>
    x === undefined ? '' : x.toLocaleString('en-GB', { maximumFractionDigits: 6, useGrouping: x >= 10_000 });
  const byId = new Map(sites.map((site) => [site.id, site]));
  const siteWords = (id: string): string => byId.get(id)?.ods ?? byId.get(id)?.name ?? id;
  const all = pricesWith(parameters.prices);
  const { weights, fibreTarget } = parameters;
  return {
    ...{ name, firstYear: String(parameters.firstYear), carryOver: parameters.carryOver ? 'yes' : 'no' },
    ...Object.fromEntries(
      Array.from({ length: mostYears }, (_, i) => [budgetName(i), text(parameters.budgets[i])]),
    ),
    ...{ inflation: text(parameters.inflation), rentalYears: text(parameters.rentalYears) },
    ruralFloor: text(parameters.ruralFloor),
    ...{ fibrePercent: text(fibreTarget?.percent), fibreBy: fibreTarget ? String(fibreTarget.by) : '' },
    copperBy: parameters.copperBy === undefined ? '' : String(parameters.copperBy),
    lock: parameters.lock
      .map(({ site, by }) => `${siteWords(site)}${by === undefined ? '' : ` by ${by}`}`)
      .join('\n'),
    bar: parameters.bar.map(siteWords).join('\n'),
    noMobile: parameters.noMobile.map(siteWords).join('\n'),
    suppliers: parameters.suppliers
      .map(({ supplier, technology, percent }) => `${supplier}, ${technologyNames[technology]}, ${percent}`)
      .join('\n'),
    ...{ technologies: parameters.technologies, programmes: parameters.programmes, kinds: parameters.kinds },
    roads: parameters.roads,
    ...Object.fromEntries(priceBook.map(({ key }) => [priceName(key), text(all[key])])),
    ...{ care: text(weights.care), patients: text(weights.patients) },
    ...{ deprivation: text(weights.deprivation), rurality: text(weights.rurality) },
    ...{ mostTogether: text(parameters.mostTogether), gap: text(parameters.gap) },
    seconds: text(parameters.seconds),
  };
}

/** What the template needs to draw the form. */
export const formParts = {
  budgets: Array.from({ length: mostYears }, (_, i) => ({ id: budgetName(i), number: i + 1 })),
  prices: priceBook.map(({ key, name, unit, source }) => ({ id: priceName(key), label: name, unit, source })),
  technologies: newTechnologies.map((value: NewTechnology) => ({ value, text: technologyNames[value] })),
  programmes: programmes.map(({ key, name, about, counted }) => ({
    ...{ value: key, text: name },
    hint: { text: `${about} ${counted}` },
  })),
  kinds: Object.entries(siteKindNames).map(([value, text]) => ({ value, text })),
};

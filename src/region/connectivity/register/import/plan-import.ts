/** What a file would change: row by row, column by column, before anything is changed. */
import { createHash } from 'node:crypto';
import type { Circuit, LineProvider, LineSite, RegisterChange } from '../../model.ts';
import { type Areas, areaAt } from '../areas.ts';
import type { Whole } from '../store.ts';
import { faultsOf, type JudgePosition } from '../validate.ts';
import {
  type CellFault,
  type Cells,
  cellsOfCircuit,
  cellsOfProvider,
  cellsOfSite,
  circuitColumns,
  circuitOfCells,
  columnOfField,
  providerColumns,
  providerOfCells,
  siteColumns,
  siteOfCells,
} from './columns.ts';
import type { ThingKind } from './layouts.ts';
import type { FileRow } from './read-file.ts';

export interface CellChange {
  readonly column: string;
  readonly before: string;
  readonly after: string;
}

export interface PlannedRow {
  readonly number: number;
  readonly kind: ThingKind;
  /** `left-out`: it repeats a row before it, or tells of a site that is known better. */
  readonly result: 'added' | 'changed' | 'unchanged' | 'left-out' | 'refused';
  readonly id: string;
  readonly name: string;
  /** Of a changed row. */
  readonly cells: readonly CellChange[];
  /** Of a refused row. */
  readonly faults: readonly CellFault[];
  readonly note?: string;
  /** Of an added or changed row. */
  readonly change?: RegisterChange;
}

export interface ImportContext {
  readonly whole: Whole;
  readonly judge: JudgePosition;
  readonly shapes: Awaited<ReturnType<Areas['shapes']>>;
}

interface Draft {
  number: number;
  kind: Exclude<ThingKind, 'area'>;
  id: string;
  name: string;
  before: Cells | undefined;
  after: Cells;
  faults: CellFault[];
  change: RegisterChange | undefined;
  note: string | undefined;
  isLeftOut: boolean;
}

const columnsOf = { site: siteColumns, provider: providerColumns, circuit: circuitColumns } as const;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no cell of text has
const noText = /[\x00-\x08\x0b\x0c\x0e-\x1f]|\uFFFD/;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
const slug = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);

/**
 * What the file has, over what stands: an empty cell leaves a field as it is, a hyphen alone empties it, a column that is not
 * there is not touched.
 */
function merged(before: Cells | undefined, row: Cells, columns: readonly string[]): Cells {
  return Object.fromEntries(
    columns.map((column) => {
      const sent = (row[column] ?? '').trim();
      if (sent === '' || sent === '-') return [column, sent === '' ? (before?.[column] ?? '') : ''];
      // Our own files have an apostrophe before what a spreadsheet would take for a formula.
      return [column, sent.replace(/^'(?=[=+\-@＝＋－＠])/, '')];
    }),
  );
}

const changesOf = (before: Cells, after: Cells, columns: readonly string[]): readonly CellChange[] =>
  columns.flatMap((column) => {
    const [then, now] = [before[column] ?? '', after[column] ?? ''];
    return then === now ? [] : [{ column, before: then, after: now }];
  });

/** Looks things up as rows name them: by id, code or name. */
function finder({ sites, providers, circuits }: Whole) {
  const open = [...sites.values()].filter(({ closed }) => !closed);
  const byOds = new Map(open.flatMap((site) => (site.ods === undefined ? [] : [[site.ods, site] as const])));
  const byName = new Map([...providers.values()].map((one) => [one.name.trim().toLowerCase(), one]));
  const byReference = new Map(
    [...circuits.values()].flatMap((one) =>
      one.reference === undefined ? [] : [[`${one.provider} ${one.reference}`, one] as const],
    ),
  );
  return {
    site: (id: string, ods: string) =>
      sites.get(id) ?? byOds.get(ods.toUpperCase()) ?? byOds.get(id.toUpperCase()),
    provider: (id: string, name: string) =>
      providers.get(id) ?? byName.get(name.trim().toLowerCase()) ?? byName.get(id.trim().toLowerCase()),
    circuit: (id: string, provider: string, reference: string) =>
      id === '' ? byReference.get(`${provider} ${reference}`) : circuits.get(id),
  };
}

/** Plans all rows of a file. `told` hears how many were read. Throws a Problem where the file as a whole cannot be read. */
export async function planImport(
  rows: AsyncIterable<FileRow>,
  { whole, judge, shapes }: ImportContext,
  told: (read: number) => void = () => {},
): Promise<readonly PlannedRow[]> {
  const find = finder(whole);
  const drafts: Draft[] = [];
  /** Of this file, by id: the cells as they came. */
  const seen = new Map<string, { readonly number: number; readonly text: string }>();

  const draftSite = (row: FileRow, draft: Draft): void => {
    const sent = row.cells;
    const ods = (sent['ods'] ?? '').trim().toUpperCase();
    const known = find.site((sent['id'] ?? '').trim(), ods);
    let cells: Cells = sent;
    draft.id = known?.id ?? ((sent['id'] ?? '').trim() || (ods === '' ? '' : `site-${ods}`));
    if (draft.id === '') {
      // A building without a code is known again by its name and postcode.
      const of = `${sent['name'] ?? ''} ${sent['postcode'] ?? ''}`;
      if (slug(of) !== '') draft.id = `site-${slug(of)}-${hashOf(of.trim().toLowerCase())}`.slice(0, 64);
    }
    if (row.layout.isDirectory) {
      const first = seen.get(draft.id);
      const text = JSON.stringify(sent);
      if (first && first.text === text) {
        draft.isLeftOut = true;
        draft.note = `It repeats row ${first.number}`;
        return;
      }
      if (first) {
        // Two entries of a directory with one code: each is kept, the code stays with the first.
        const own = (sent['directory_id'] ?? '').trim() || hashOf(text);
        draft.id = `${draft.id}-${own}`;
        draft.note = `Its code ${ods} is that of row ${first.number} too: it is kept without a code`;
        cells = { ...sent, ods: '' };
      } else seen.set(draft.id, { number: row.number, text });
      const before = whole.sites.get(draft.id);
      if (before && before.kind !== sent['kind']) {
        draft.isLeftOut = true;
        draft.note = `The code ${ods} is that of ${before.name}, known as another kind of site: it stays as it is`;
        return;
      }
    }
    const before = whole.sites.get(draft.id);
    draft.before = before ? cellsOfSite(before) : undefined;
    draft.after = { ...merged(draft.before, cells, siteColumns), id: draft.id };
    if (draft.note !== undefined) draft.after = { ...draft.after, ods: draft.before?.['ods'] ?? '' };
    if (draft.after['ics'] === '') {
      const at = { latitude: Number(draft.after['latitude']), longitude: Number(draft.after['longitude']) };
      const isPlaced = draft.after['latitude'] !== '' && draft.after['longitude'] !== '';
      const area = isPlaced ? areaAt(shapes, 'ics', at) : undefined;
      if (area) draft.after = { ...draft.after, ics: area.code };
    }
    const read = siteOfCells(draft.after);
    if ('faults' in read) draft.faults.push(...read.faults);
    else {
      const { organisation } = read.thing;
      const code = row.organisationOds;
      const site: LineSite =
        organisation && code !== undefined
          ? { ...read.thing, organisation: { ...organisation, ods: code } }
          : read.thing;
      draft.change = { kind: 'site', site };
      draft.after = cellsOfSite(site);
    }
  };

  const draftProvider = (row: FileRow, draft: Draft): void => {
    const sent = row.cells;
    const known = find.provider((sent['id'] ?? '').trim(), sent['name'] ?? '');
    draft.id = known?.id ?? ((sent['id'] ?? '').trim() || `provider-${slug(sent['name'] ?? '')}`);
    draft.before = known ? cellsOfProvider(known) : undefined;
    const read = providerOfCells({ ...merged(draft.before, sent, providerColumns), id: draft.id });
    if ('faults' in read) draft.faults.push(...read.faults);
    else {
      draft.change = { kind: 'provider', provider: read.thing };
      draft.after = cellsOfProvider(read.thing);
    }
  };

  const draftCircuit = (row: FileRow, draft: Draft): void => {
    const sent = row.cells;
    const provider =
      find.provider(sent['provider'] ?? '', sent['provider'] ?? '')?.id ?? sent['provider'] ?? '';
    const reference = (sent['reference'] ?? '').trim();
    const id = (sent['id'] ?? '').trim();
    const known = find.circuit(id, provider, reference);
    draft.id = known?.id ?? (id || (reference === '' ? '' : `line-${hashOf(`${provider} ${reference}`)}`));
    if (draft.id === '') {
      draft.faults.push({ column: 'reference', message: 'Give the line an id, or the provider’s reference' });
      return;
    }
    draft.before = known ? cellsOfCircuit(known) : undefined;
    const site =
      find.site((sent['site'] ?? '').trim(), (sent['site'] ?? '').trim())?.id ?? sent['site'] ?? '';
    const cells = merged(draft.before, { ...sent, ...(site === '' ? {} : { site }) }, circuitColumns);
    const its = { ...cells, id: draft.id, provider: provider === '' ? (cells['provider'] ?? '') : provider };
    const read = circuitOfCells(its, known);
    if ('faults' in read) draft.faults.push(...read.faults);
    else {
      draft.change = { kind: 'circuit', circuit: read.thing };
      draft.after = cellsOfCircuit(read.thing);
    }
  };

  for await (const row of rows) {
    const { kind } = row.layout;
    const draft: Draft = {
      ...{ number: row.number, kind, id: '', name: nameOf(kind, row.cells), before: undefined, after: {} },
      ...{ faults: [], change: undefined, note: undefined, isLeftOut: false },
    };
    const bad = Object.entries(row.cells).find(([, value]) => noText.test(value));
    if (bad) draft.faults.push({ column: bad[0], message: 'It has characters that are no text' });
    else if (kind === 'site') draftSite(row, draft);
    else if (kind === 'provider') draftProvider(row, draft);
    else draftCircuit(row, draft);
    drafts.push(draft);
    told(drafts.length);
  }
  judgeAll(drafts, whole, judge);
  return drafts.map(plannedOf);
}

const nameOf = (kind: ThingKind, cells: Cells): string =>
  (kind === 'circuit' ? (cells['reference'] ?? cells['id'] ?? '') : (cells['name'] ?? '')).slice(0, 200);

/** What only all rows together tell: two of one id, of one code, two main lines. */
function judgeAll(drafts: readonly Draft[], whole: Whole, judge: JudgePosition): void {
  const changing = drafts.filter(
    (draft) =>
      draft.change &&
      (!draft.before || changesOf(draft.before, draft.after, columnsOf[draft.kind]).length > 0),
  );
  const firstOf = new Map<string, Draft>();
  for (const draft of drafts) {
    if (!draft.change) continue;
    const key = `${draft.kind} ${draft.id}`;
    const first = firstOf.get(key);
    if (first) {
      draft.faults.push({
        column: 'id',
        message: `It is about the same as row ${first.number}. Leave one out`,
      });
      draft.change = undefined;
    } else firstOf.set(key, draft);
  }
  const judged = changing.flatMap((draft) => (draft.change ? [{ draft, change: draft.change }] : []));
  for (const { index, field, message } of faultsOf(
    judged.map(({ change }) => change),
    whole,
    judge,
  ))
    judged[index]?.draft.faults.push({ column: columnOfField[field] ?? field, message });
}

function plannedOf(draft: Draft): PlannedRow {
  const { number, kind, id, name, before, after, faults, change, note, isLeftOut } = draft;
  const base = { number, kind, id, name, cells: [], faults: [], ...(note === undefined ? {} : { note }) };
  if (isLeftOut) return { ...base, result: 'left-out' };
  if (faults.length > 0 || !change) return { ...base, result: 'refused', faults };
  if (!before) return { ...base, result: 'added', change };
  const cells = changesOf(before, after, columnsOf[kind]);
  return cells.length === 0
    ? { ...base, result: 'unchanged' }
    : { ...base, result: 'changed', cells, change };
}

export interface ImportCounts {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly leftOut: number;
  readonly refused: number;
}

export function countsOf(rows: readonly PlannedRow[]): ImportCounts {
  const of = (result: PlannedRow['result']) => rows.filter((row) => row.result === result).length;
  return {
    ...{ added: of('added'), changed: of('changed'), unchanged: of('unchanged') },
    ...{ leftOut: of('left-out'), refused: of('refused') },
  };
}

/** A thing of the register as cells, for preview and history. */
export const cellsOf = (kind: RegisterChange['kind'], thing: unknown): Cells =>
  // The register keeps things of the kind that it says.
  kind === 'site'
    ? cellsOfSite(thing as LineSite)
    : kind === 'provider'
      ? cellsOfProvider(thing as LineProvider)
      : cellsOfCircuit(thing as Circuit);

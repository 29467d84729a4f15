import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { FastifyRequest } from 'fastify';
import { csvLine } from './csv.ts';
import { type Asked, defineTable, type PageOfRows } from './define-table.ts';

interface Drug {
  readonly name: string;
  readonly dose: number;
}
const drugs: readonly Drug[] = [
  { name: 'Ramipril', dose: 10 },
  { name: 'amlodipine', dose: 5 },
  { name: '=SUM(A1)', dose: -2 },
  { name: 'Zopiclone', dose: 7.5 },
];
const table = defineTable<Drug>({
  id: 'drugs',
  caption: 'Medicines',
  columns: [
    {
      key: 'name',
      heading: 'Name',
      sortable: true,
      cell: ({ name }) => ({ text: name, href: `/d/${name}` }),
    },
    {
      ...{ key: 'dose', heading: 'Dose, mg', sortable: true, numeric: true },
      cell: ({ dose }) => String(dose),
      csv: ({ dose }) => dose,
      compare: (a, b) => a.dose - b.dose,
    },
  ],
  filters: [
    { name: 'find', label: 'Name', matches: ({ name }, value) => name.toLowerCase().includes(value) },
  ],
  empty: 'No medicines.',
});
const asking = (url: string): FastifyRequest =>
  ({ url, query: Object.fromEntries(new URLSearchParams(url.split('?')[1])) }) as FastifyRequest;
const names = (page: PageOfRows<Drug>): string[] => page.rows.map(({ name }) => name);

test('a table is sorted, filtered and cut into pages by what its address asks', () => {
  const at = (url: string, size?: number) => table.pageOf(drugs, table.asked(asking(url)), size);
  assert.deepEqual(names(at('/t')), ['=SUM(A1)', 'amlodipine', 'Ramipril', 'Zopiclone']);
  assert.deepEqual(names(at('/t?sort=-dose')), ['Ramipril', 'Zopiclone', 'amlodipine', '=SUM(A1)']);
  assert.deepEqual(names(at('/t?find=am')), ['amlodipine', 'Ramipril']);
  const second = at('/t?page=2', 3);
  assert.deepEqual([names(second), second.next, second.counted], [['Zopiclone'], undefined, '4 to 4 of 4']);
  assert.throws(() => at('/t?sort=secret'), /cannot be sorted by “secret”. Possible: name, dose/);
});

test('pages of any size hold every row once, in order', () => {
  const rows = fc.array(fc.record({ name: fc.string(), dose: fc.integer() }), { maxLength: 40 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 9 }), fc.boolean(), (all, size, down) => {
      const asked: Asked = {
        ...{ sort: 'dose', direction: down ? 'descending' : 'ascending', filters: {} },
        ...{ path: '/t', others: [], page: undefined },
      };
      const seen: Drug[] = [];
      let page = table.pageOf(all, asked, size);
      for (;;) {
        seen.push(...page.rows);
        if (page.next === undefined) break;
        page = table.pageOf(all, { ...asked, page: page.next }, size);
      }
      assert.equal(seen.length, all.length);
      for (let i = 1; i < seen.length; i += 1)
        assert.ok(((seen[i]?.dose ?? 0) - (seen[i - 1]?.dose ?? 0)) * (down ? -1 : 1) >= 0);
    }),
    { numRuns: 60 },
  );
});

test('the page has links that sort, says how it is sorted, and keeps what else the address says', () => {
  const asked = table.asked(asking('/t?of=ann&find=a&sort=-dose'));
  const view = table.view(asked, table.pageOf(drugs, asked), { csvPath: '/t.csv' });
  const columns = view['columns'] as { sort: string; href: string }[];
  assert.deepEqual(
    columns.map(({ sort, href }) => [sort, href]),
    [
      ['none', '/t?of=ann&find=a'],
      ['descending', '/t?of=ann&find=a&sort=dose'],
    ],
  );
  assert.equal(view['csv'], '/t.csv?of=ann&find=a&sort=-dose');
  assert.equal(view['unfiltered'], '/t?of=ann&sort=-dose');
});

test('a file cannot run in a spreadsheet, and a reader of RFC 4180 has every text back', async () => {
  const lines: string[] = [];
  for await (const line of table.csv(drugs)) lines.push(line);
  assert.deepEqual(lines, [
    'Name,"Dose, mg"\r\n',
    'Ramipril,10\r\n',
    'amlodipine,5\r\n',
    "'=SUM(A1),-2\r\n",
    'Zopiclone,7.5\r\n',
  ]);
  for (const bad of ['=1+1', '+1', '-1', '@SUM', '\t=1', '\r=1', '＝1', '\n=1'])
    assert.ok(csvLine([bad]).replace(/^"/, '').startsWith("'"), JSON.stringify(bad));
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (values) => {
      const read = readLine(csvLine(values));
      assert.equal(read.length, values.length);
      values.forEach((value, i) => {
        assert.ok(read[i] === value || read[i] === `'${value}`);
      });
    }),
  );
});

/** One line of RFC 4180, read as plainly as it can be. */
function readLine(line: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length - 2; i += 1) {
    const c = line[i];
    if (quoted && c === '"' && line[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (c === '"') quoted = !quoted;
    else if (c === ',' && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += c;
  }
  return [...cells, cell];
}

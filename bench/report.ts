/**
 * Writes the page of results from what `npm run bench -- --json` left: no figure is copied by hand.
 *   node bench/report.ts docs/performance/*.json [--out docs/performance.md]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchResult, CaseResult, DiskUse, ImportResult, Machine, SizeResult } from './results.ts';
import { faults, milliseconds, rate, targetOf, verdict, whole } from './table.ts';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, at) => (at === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const megabytes = (bytes: number): string => whole(bytes / 1e6);
const gibibytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(0);
const code = (text: string): string => `\`${text}\``;
/** In a table a bar would end the cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const introduction = `# Performance

Each case is measured beside its **bare limit**: Fastify and \`pg\` (pool of 8) with hand-written SQL for that one thing, on
tables and indexes made for it, with no validation, policy, search rows, history or audit (\`bench/bare.ts\`,
\`bench/bare-tables.ts\`). Both stand on the same PostgreSQL process with the same settings and the same data, and take turns
in the same run. The product does everything it does for real: it authorises, and audits durably before it answers.

The load generator is a process of its own on the same machine. Each of its connections sends its next request when the
last is answered. Every status is checked, and one answer in fifty is parsed and looked into. Figures are medians of the
rounds; the smallest and largest round stand in brackets. Times are in milliseconds. This page is written by
\`bench/report.ts\` from the results named below, which hold every round. How long a demonstration region takes is
[measured apart](performance/demonstration.md), and so are whole [journeys of primary care](performance/primary-care.md); the processor time of a request, which other work on the machine disturbs
least, is told by \`node bench/cpu-cost.ts\`.`;

function machineSection(machine: Machine): string {
  const settings = Object.entries(machine.settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  return [
    `- Machine: ${machine.cpu}, ${machine.cores} cores, ${gibibytes(machine.memory)} GiB memory, ${machine.system}; shared by server, database, bare server and load generator`,
    `- Versions: Node ${machine.node.slice(1)}, PostgreSQL ${machine.postgres}, commit ${machine.revision}`,
    `- Database: ${settings}`,
  ].join('\n');
}

function casesSection(size: SizeResult): string {
  const head = [
    'case',
    'connections',
    'requests/s',
    'p50',
    'p95',
    'p99',
    'bare requests/s',
    'bare p50',
    'share',
    'target',
    'met',
  ];
  const rows = size.cases.map((result) => [
    cell(result.title),
    String(result.connections),
    result.product ? rate(result.product) : '',
    result.product ? milliseconds(result.product.p50) : '',
    result.product ? milliseconds(result.product.p95) : '',
    result.product ? milliseconds(result.product.p99) : '',
    rate(result.bare),
    milliseconds(result.bare.p50),
    result.share?.toFixed(2) ?? '',
    targetOf(result),
    verdict(result),
  ]);
  const many = size.cases.flatMap(({ title, resources, product }) =>
    resources !== undefined && product
      ? [`${title}: ${whole(product.perSecond.median * resources)} resources a second.`]
      : [],
  );
  const wrong = size.cases.flatMap((result) => faults(result).map((fault) => `- ${result.title}: ${fault}`));
  const generator = Math.max(
    ...size.cases.map((result) => Math.max(result.product?.generatorCpu ?? 0, result.bare.generatorCpu)),
  );
  return [
    table(head, rows),
    `${many.join(' ')} The load generator used at most ${generator.toFixed(2)} of a core.`.trim(),
    ...(wrong.length > 0 ? [`Wrong answers:\n\n${wrong.join('\n')}`] : []),
  ].join('\n\n');
}

function sizeSection(size: SizeResult): string {
  const order =
    size.order === 'patient'
      ? 'loaded person by person'
      : "loaded month by month, so that one person's rows lie scattered";
  const parts = [
    `### ${whole(size.resources)} resources\n\n${megabytes(size.bytes)} MB of JSON, ${order}.`,
    casesSection(size),
  ];
  if (size.start)
    parts.push(
      `Start-up with these data there, database included, to the first answer: ${size.start.map((seconds) => seconds.toFixed(2)).join(', ')} s.`,
    );
  if (size.memoryAtRest && size.memoryAfter) {
    const peak = Math.max(...size.cases.map((result) => result.peakMemory ?? 0));
    const database = (memory: { readonly database?: number }): string =>
      memory.database === undefined ? '' : ` (database ${whole(memory.database)})`;
    parts.push(
      `Memory of the server, MiB: at rest ${whole(size.memoryAtRest.server)}${database(size.memoryAtRest)}, under load at most ${whole(peak)}, after it ${whole(size.memoryAfter.server)}${database(size.memoryAfter)}.`,
    );
  }
  if (size.disk) parts.push(diskSection(size.disk));
  return parts.join('\n\n');
}

function diskSection(disk: DiskUse): string {
  const rows = disk.tables.flatMap((each) => {
    const total = each.heap + each.toast + each.indexes.reduce((sum, index) => sum + index.bytes, 0);
    if (total < disk.database / 1000) return [];
    return [
      [code(each.table), whole(each.rows), megabytes(each.heap + each.toast), '', megabytes(total)],
      ...each.indexes.map(({ name, bytes }) => [`index ${code(name)}`, '', '', megabytes(bytes), '']),
    ];
  });
  return [
    `Disk after the import: ${megabytes(disk.database)} MB for ${megabytes(disk.stored)} MB of JSON, ${disk.perStoredByte.toFixed(2)} bytes for each byte stored.`,
    table(['table or index', 'rows', 'rows, MB', 'index, MB', 'together, MB'], rows),
  ].join('\n\n');
}

/** The same cases at the smallest and the largest size. */
function growthSection(sizes: readonly SizeResult[]): string | undefined {
  const bySize = sizes.toSorted((a, b) => a.resources - b.resources);
  const [small, large] = [bySize[0], bySize.at(-1)];
  if (!small || !large || small === large) return undefined;
  const rows = large.cases.flatMap((after) => {
    const before = small.cases.find((each) => each.name === after.name);
    if (!before?.product || !after.product) return [];
    return [growthRow(before, after)];
  });
  return [
    `### Growth\n\nMedian times at ${whole(small.resources)} and at ${whole(large.resources)} resources; at most 1.5 times is wanted.`,
    table(
      ['case', 'connections', 'p50 before', 'p50 after', 'ratio', 'met', 'ratio of the bare server'],
      rows,
    ),
  ].join('\n\n');
}

function growthRow(before: CaseResult, after: CaseResult): string[] {
  const from = before.product?.p50 ?? Number.NaN;
  const to = after.product?.p50 ?? Number.NaN;
  return [
    cell(after.title),
    String(after.connections),
    milliseconds(from),
    milliseconds(to),
    (to / from).toFixed(2),
    to / from <= 1.5 ? 'yes' : 'no',
    (after.bare.p50 / before.bare.p50).toFixed(2),
  ];
}

/** Resident memory at quarters of the way, so that growth would show. */
function importSection(imports: readonly ImportResult[]): string {
  const at = ({ memory }: ImportResult, share: number): string =>
    whole(memory[Math.min(memory.length - 1, Math.floor(memory.length * share))]?.server ?? Number.NaN);
  const rows = imports.map((each) => [
    each.input,
    whole(each.resources),
    each.seconds.toFixed(1),
    whole(each.perSecond),
    ...[0.25, 0.5, 0.75].map((share) => at(each, share)),
    whole(each.peakMemory),
  ]);
  return [
    '### Import\n\nThe import command into an empty record, validation on; seconds from its start to its end, the making of the database included. Memory of its processes in MiB, a quarter, half and three quarters of the way, and at most.',
    table(['input', 'resources', 's', 'resources/s', '¼', '½', '¾', 'most'], rows),
  ].join('\n\n');
}

/** The whole page. Each result comes with the name of its file, relative to the page. */
export function page(results: readonly { readonly file: string; readonly result: BenchResult }[]): string {
  const runs = results.map(({ file, result }) => {
    const loads = result.sizes.flatMap((size) => (size.load ? [size.load] : []));
    const imports = [...result.imports, ...loads];
    return [
      `## ${result.date.slice(0, 10)}: ${code(result.command)}`,
      `Rounds: ${result.effort.rounds} of ${result.effort.seconds} s after ${result.effort.warmUp} s of warm-up (twice that the first time). Raw figures: [${basename(file)}](${file}).`,
      machineSection(result.machine),
      ...result.sizes.map(sizeSection),
      growthSection(result.sizes),
      imports.length > 0 ? importSection(imports) : undefined,
    ];
  });
  return `${[introduction, ...runs.flat()].filter((part) => part !== undefined).join('\n\n')}\n`;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { out: { type: 'string', default: 'docs/performance.md' } },
    allowPositionals: true,
  });
  if (positionals.length === 0) throw new Error('Give the JSON files that `npm run bench -- --json` wrote');
  const results = positionals.map((file) => ({
    file: relative(dirname(values.out), file),
    result: JSON.parse(readFileSync(file, 'utf8')) as BenchResult, // written by run.ts
  }));
  writeFileSync(values.out, page(results));
  console.log(`Written to ${values.out}`);
}

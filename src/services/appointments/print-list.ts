/** The list of days as one file that needs no line, no server and no style sheet: to be kept on a stick or printed before the power fails. */
import type { DayColumn } from './day-list.ts';

export interface ListedDay {
  readonly heading: string;
  readonly columns: readonly DayColumn[];
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const safe = (text: string): string => text.replaceAll(/[&<>"]/g, (letter) => escapes[letter] ?? '');

const style =
  'body{font:14px Arial,sans-serif;margin:16px}table{border-collapse:collapse;width:100%;margin:0 0 16px}' +
  'th,td{border:1px solid #4c6272;padding:4px 6px;text-align:left;vertical-align:top}tr{break-inside:avoid}' +
  'h2{break-before:page}h2:first-of-type{break-before:auto}';

const heads = ['Time', 'Name', 'Born', 'NHS number', 'Phone', 'How', 'What', 'Notes', 'Here'];

const rowsOf = ({ rows }: DayColumn): string =>
  rows
    .map((row) => {
      const home = row.how === 'At home' ? [row.address] : [];
      const cells = [
        ...[row.time, row.id === undefined ? '(free)' : row.name, row.born, row.number, row.phone],
        ...[row.how, row.what, [...row.notes, ...home].filter(Boolean).join('; '), row.tag],
      ];
      return `<tr>${cells.map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`;
    })
    .join('\n');

export function listFile(of: {
  readonly site: string;
  readonly made: string;
  readonly days: readonly ListedDay[];
}): string {
  const days = of.days.map(({ heading, columns }) => {
    const tables = columns.map(
      (column) =>
        `<h3>${safe(column.name)}</h3>\n<table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>\n<tbody>${rowsOf(column)}</tbody></table>`,
    );
    return `<h2>${safe(heading)}</h2>\n${tables.length > 0 ? tables.join('\n') : '<p>No sessions.</p>'}`;
  });
  return `<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Appointments at ${safe(of.site)}</title><style>${style}</style></head>
<body><h1>Appointments at ${safe(of.site)}</h1>
<p>As of ${safe(of.made)}. It names patients: keep it locked away, and destroy it when it is no longer needed.</p>
${days.join('\n')}
</body></html>
`;
}

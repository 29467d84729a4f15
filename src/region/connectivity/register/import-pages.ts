/** Bringing files into the register, with a look at what they would change first, and taking files out of it. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../../../platform/problem.ts';
import { formatMoment } from '../../../web/dates.ts';
import { formBody, formText } from '../../../web/form-fields.ts';
import { defineForm } from '../../../web/forms/define-form.ts';
import { choicesField } from '../../../web/forms/fields.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import { sendCsv } from '../../../web/tables/csv.ts';
import { defineTable } from '../../../web/tables/define-table.ts';
import { fileField, fileFields } from '../../../web/uploads/file-fields.ts';
import { type Exported, exportCsv, exportGeoJson } from './import/export.ts';
import { mostRows } from './import/read-csv.ts';
import type { Staged, StagedImport, StagedRow } from './import/staged.ts';
import { columnWords } from './pages.ts';
import type { RegisterStore } from './store.ts';
import type { Who } from './who.ts';

export interface ImportPageParts extends Pick<RoomNeeds, 'shell' | 'forms' | 'uploads' | 'identityOf'> {
  readonly store: RegisterStore;
  readonly who: Who;
  readonly staged: Staged;
}

const purpose = 'line-import';
const megabyte = 1024 * 1024;
const accept = ['.csv', '.geojson', '.json', 'text/csv', 'application/geo+json'];
const rowsShown = 50;

const resultWords: Readonly<Record<StagedRow['result'], { text: string; colour: string }>> = {
  added: { text: 'Added', colour: 'green' },
  changed: { text: 'Changed', colour: 'blue' },
  unchanged: { text: 'Unchanged', colour: 'grey' },
  'left-out': { text: 'Left out', colour: 'grey' },
  refused: { text: 'Refused', colour: 'red' },
};
const stateWords: Readonly<Record<StagedImport['state'], string>> = {
  ...{ reading: 'Being looked through', ready: 'Not loaded yet', refused: 'Refused' },
  ...{ applying: 'Being loaded', done: 'Loaded', stopped: 'Stopped' },
};

const whatOf = ({ cells, faults, note, result }: StagedRow): string =>
  result === 'refused'
    ? faults.map(({ column, message }) => `${columnWords(column)}: ${message}.`).join(' ')
    : [
        ...cells.map(
          ({ column, before, after }) =>
            `${columnWords(column)}: ${before === '' ? 'nothing' : `“${before}”`} becomes ${after === '' ? 'nothing' : `“${after}”`}.`,
        ),
        ...(note === undefined ? [] : [`${note}.`]),
      ].join(' ');

const rowTable = defineTable<StagedRow>({
  ...{ id: 'rows', caption: 'Rows of the file' },
  columns: [
    { key: 'number', heading: 'Row', numeric: true, cell: ({ number }) => String(number) },
    {
      key: 'name',
      heading: 'Name',
      cell: ({ name, id }) => ({ text: name || id, note: name ? id : undefined }),
    },
    {
      ...{ key: 'result', heading: 'What happens' },
      cell: (row) => ({
        ...{ text: whatOf(row), flag: resultWords[row.result].text },
        flagColour: resultWords[row.result].colour,
      }),
    },
  ],
  filters: [
    {
      ...{ name: 'result', label: 'Show' },
      options: [
        { value: '', text: 'All rows' },
        ...Object.entries(resultWords).map(([value, { text }]) => ({ value, text })),
      ],
    },
  ],
  empty: 'The file has no rows.',
});

export function importPages(app: FastifyInstance, parts: ImportPageParts): void {
  const { shell, forms, uploads, store, who, staged, identityOf } = parts;
  const accountOf = (request: FastifyRequest) => identityOf(request)?.account;
  uploads.define({
    ...{ purpose, types: ['text/plain'], most: 64 * megabyte },
    typesInWords: 'a CSV or GeoJSON file. In Excel, save it as “CSV UTF-8”',
  });

  forms.add(app, '/lines/import', {
    about: (request) => {
      const { by } = who.manager(request);
      return { by, account: accountOf(request) ?? '' };
    },
    form: () => defineForm({ fields: { file: fileField('file', { missing: 'Choose a file' }) } }),
    files: fileFields({ uploads, purposes: { file: purpose }, accountOf }),
    show: async (reply, { errorPrefix, ...shown }) =>
      shell.renderPage(reply, 'line-register/import.njk', {
        ...{ ...shown, title: `${errorPrefix}Load or download files`, purpose, accept, mostRows },
        latest: (await staged.latest()).map((one) => ({
          ...{ ...one, when: formatMoment(one.created), state: stateWords[one.state] },
        })),
      }),
    act: async ({ file }, { by, account }, { key }) => {
      const id = file ?? '';
      const taken = await uploads.take(account, id, purpose);
      await staged.begin(key, { name: taken.name, hash: taken.hash }, by);
      await uploads.forget(account, id);
      return `/lines/import/${key}`;
    },
  });

  const known = async (request: FastifyRequest): Promise<StagedImport> => {
    who.manager(request);
    const found = await staged.find(formText(formBody(request.params), 'id'));
    if (!found) throw problem('not-found', 'There is no such import.');
    return found;
  };

  forms.add(app, '/lines/import/:id', {
    about: async (request) => {
      const one = await known(request);
      const isReady = one.state === 'ready' || one.state === 'done';
      const first = one.counts && one.counts.refused > 0 && one.state === 'ready' ? 'refused' : '';
      const asked = rowTable.asked(request);
      const isAsked = formBody(request.query)['result'] !== undefined;
      const result = isAsked ? (asked.filters['result'] ?? '') : first;
      const number = /^[1-9]\d{0,4}$/.test(asked.page ?? '') ? Number(asked.page) : 1;
      const rows = isReady
        ? await staged.rows(one.id, { result, offset: (number - 1) * rowsShown, limit: rowsShown + 1 })
        : [];
      const page = {
        rows: rows.slice(0, rowsShown),
        next: rows.length > rowsShown ? String(number + 1) : undefined,
      };
      const table = rowTable.view({ ...asked, filters: { result } }, page);
      return { one, table };
    },
    form: () => defineForm({ fields: { leave: choicesField('leave', z.array(z.string())) } }),
    show: (reply, { errorPrefix, ...shown }, { one, table }) =>
      shell.renderPage(reply, 'line-register/import-preview.njk', {
        ...{ ...shown, title: `${errorPrefix}${one.name}`, one, table, state: stateWords[one.state] },
        isWaiting: one.state === 'reading' || one.state === 'applying',
        isNothing: one.counts !== undefined && one.counts.added + one.counts.changed === 0,
      }),
    act: async ({ leave }, { one }) => {
      const refused = one.counts?.refused ?? 0;
      if (refused > 0 && !leave.includes('yes'))
        return [
          {
            field: 'leave',
            text: 'Mend the refused rows and bring the file again, or choose to leave them out',
          },
        ];
      const isBegun = await staged.apply(one.id, { leave: leave.includes('yes') });
      if (!isBegun && one.state === 'ready')
        return [{ field: 'leave', text: 'Someone else has begun to load it. Open the page again' }];
      return `/lines/import/${one.id}`;
    },
  });

  app.post('/lines/import/:id/stop', async (request, reply) => {
    const { id } = await known(request);
    await staged.stop(id);
    return reply.redirect(`/lines/import/${id}`, 303);
  });

  const whole = async (request: FastifyRequest) => {
    if (!who.viewer(request).seesAll)
      throw problem('forbidden', 'Files of the whole register are for those who see every line.');
    return store.whole();
  };
  for (const what of ['sites', 'lines', 'providers'] as const satisfies readonly Exported[])
    app.get(`/lines/export/${what}.csv`, async (request, reply) =>
      sendCsv(reply, { name: what, lines: exportCsv(what, await whole(request)) }),
    );
  app.get('/lines/export/sites.geojson', async (request, reply) =>
    reply
      .header('content-disposition', 'attachment; filename="sites.geojson"')
      .type('application/geo+json')
      .send(Readable.from(exportGeoJson(await whole(request)))),
  );
}

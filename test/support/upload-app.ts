/** Uploads over a real server; a header says who is signed in. Run as a program it is a server of its own, to be killed. */
import type { FastifyRequest } from 'fastify';
import { systemClock } from '../../src/platform/clock.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { folderStore } from '../../src/platform/files.ts';
import { createServer, type HttpServer } from '../../src/platform/http.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import { defineForm } from '../../src/web/forms/define-form.ts';
import { requiredText } from '../../src/web/forms/fields.ts';
import { openForms } from '../../src/web/forms/forms.ts';
import { setUpShell } from '../../src/web/shell.ts';
import { fileField, fileFields } from '../../src/web/uploads/file-fields.ts';
import { noScanner, type Scanner } from '../../src/web/uploads/scanner.ts';
import { tusRoutes } from '../../src/web/uploads/tus-routes.ts';
import { openUploads, type Uploads } from '../../src/web/uploads/uploads.ts';

export interface UploadApp {
  readonly server: HttpServer;
  readonly uploads: Uploads;
}

const cookieName = /(?:^|;\s*)who=(\w+)/;

export async function uploadApp(
  database: Database,
  folder: string,
  { clock = systemClock, scanner = noScanner }: { clock?: { now: () => number }; scanner?: Scanner } = {},
): Promise<UploadApp> {
  const newId = uuidv7(clock);
  const shell = setUpShell();
  const log = createLog({ level: 'silent' });
  const server = await createServer({
    ...{ log, newId, bodyLimit: 100_000, ready: async () => [] },
    renderers: [shell.errorRenderer],
  });
  const accountOf = (request: FastifyRequest): string | undefined =>
    typeof request.headers['x-who'] === 'string'
      ? request.headers['x-who']
      : cookieName.exec(request.headers.cookie ?? '')?.[1];
  const files = await folderStore(folder);
  const uploads = openUploads({ database, files, folder, clock, newId, log, scanner });
  uploads.define({
    ...{ purpose: 'letter', types: ['application/pdf', 'text/plain'], typesInWords: 'a PDF or a text' },
    most: 20_000_000,
  });
  tusRoutes(server.app, { uploads, database, clock, accountOf });
  const forms = openForms({
    ...{ database, clock, baseUrl: 'http://localhost', secrets: [new Uint8Array(32).fill(5)], accountOf },
  });
  const form = defineForm({
    fields: {
      about: requiredText('about', {
        missing: 'Enter what it is about',
        what: 'What it is about',
        most: 100,
      }),
      letter: fileField('letter', { missing: 'Choose a letter' }),
    },
  });
  shell.addViews('uploads-test', new URL('./views', import.meta.url).pathname);
  forms.add(server.app, '/letters/new', {
    about: (request) => accountOf(request) ?? '',
    form: () => form,
    files: fileFields({ uploads, purposes: { letter: 'letter' }, accountOf }),
    show: (reply, { errorPrefix, ...shown }) =>
      shell.renderPage(reply, 'uploads-test/letter.njk', { ...shown, title: `${errorPrefix}Send a letter` }),
    act: async ({ about, letter = '' }, account) => {
      const file = await uploads.take(account, letter, 'letter');
      return `/letters/${file.hash}?${new URLSearchParams({ about, name: file.name })}`;
    },
  });
  server.app.get('/letters/:hash', async (request, reply) => {
    const { hash } = request.params as { hash: string };
    return reply.type('text/html').send(`<!doctype html><title>Sent</title><h1>Sent</h1><p>${hash}</p>`);
  });
  shell.register(server.app);
  return { server, uploads };
}

if (import.meta.main) {
  const { UPLOAD_DATABASE = '', UPLOAD_FOLDER = '', UPLOAD_PORT = '0' } = process.env;
  const database = await openDatabase({ url: UPLOAD_DATABASE, pool: 2 });
  const { server } = await uploadApp(database, UPLOAD_FOLDER);
  console.log(await server.listen('127.0.0.1', Number(UPLOAD_PORT)));
}

/**
 * The app on a device: its manifest, its service worker, and the key that seals what the worker keeps. The key is the same for an
 * account on a device, session after session, and never stored here: what waits to be sent can be opened again after its writer
 * signs in, and by no one else.
 */
import { createHmac, hkdfSync } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.ts';
import { problem } from '../../platform/problem.ts';
import { preferencesOf } from '../preferences.ts';
import type { Shell } from '../shell.ts';
import { languages } from '../words/languages.ts';
import { clearKept } from './clear-kept.ts';
import { manifestOf, shortcutParts } from './manifest.ts';
import { offlineWords, workerWords } from './words.ts';

export interface OfflineNeeds {
  readonly shell: Shell;
  /** Those of SECRETS_KEY, newest first. */
  readonly secrets: readonly Uint8Array[];
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** Sessions of an account, each with the device that holds it. */
  readonly sessionsOf: (
    account: string,
  ) => Promise<readonly { readonly id: string; readonly device: string }[]>;
}

/** How long what is kept can be read without the server: a long weekend without a line. */
const hoursKept = 72;
const keyBytes = 64;

export function offline({ shell, secrets, identityOf, sessionsOf }: OfflineNeeds): {
  readonly register: (app: FastifyInstance) => void;
} {
  // The oldest secret: what was sealed before a new one was put in front can still be sent.
  const secret = secrets.at(-1) ?? new Uint8Array();
  const tagOf = (account: string): string =>
    createHmac('sha256', secret).update(`kept on a device for ${account}`).digest('base64url').slice(0, 22);
  /** Patients and those who act for them, on a device that is theirs. */
  const keeps = (request: FastifyRequest, identity: Identity): boolean =>
    identity.kind === 'person' && preferencesOf(request).computer === 'own';

  shell.addWords(offlineWords);
  shell.keepOffline((request) => {
    const identity = identityOf(request);
    if (!identity) return '-';
    return keeps(request, identity) ? `${tagOf(identity.account)} keep` : tagOf(identity.account);
  });

  const wordsFor = (request: FastifyRequest) => {
    const values = { day: '{day}', time: '{time}', count: '{count}' };
    return Object.fromEntries(workerWords.map((key) => [key, shell.say(request, `offline.${key}`, values)]));
  };
  /** A page that knows no one: every person who uses the browser is shown the same. */
  const anyone = {
    viewer: undefined,
    isPatient: false,
    app: undefined,
    findPerson: undefined,
    navigation: [],
  };
  const page = (reply: FastifyReply, template: string, title: string) =>
    shell.renderPage(reply, template, {
      ...{ ...anyone, canSignIn: false, translated: true, path: '' },
      title: shell.say(reply.request, title),
    });

  return {
    register(app) {
      let worker = '';
      let manifest = '';
      app.addHook('onReady', async () => {
        const { url, content } = shell.assets;
        const files = ['throughline.css', 'icon.svg', 'offline.js'].map(url);
        worker = `self.shellAssets=${JSON.stringify(files)};\n${content('service-worker.js').toString('utf8')}`;
        manifest = manifestOf(shell.assets, 'Throughline');
      });
      app.get('/service-worker.js', (_request, reply) =>
        reply.header('cache-control', 'no-cache').type('text/javascript; charset=utf-8').send(worker),
      );
      app.get('/manifest.webmanifest', (_request, reply) =>
        reply
          .header('cache-control', 'public, max-age=86400')
          .type('application/manifest+json; charset=utf-8')
          .send(manifest),
      );
      app.get('/offline', (_request, reply) => page(reply, 'web/offline.njk', 'offline.title'));
      app.get('/offline/waiting', (_request, reply) =>
        page(reply, 'web/waiting.njk', 'offline.waitingTitle'),
      );
      app.post('/offline/key', async (request) => {
        const identity = identityOf(request);
        if (!identity) throw problem('login', 'Sign in to keep pages on this device.');
        if (!keeps(request, identity)) throw problem('forbidden', 'Nothing is kept on this device.');
        const session = (await sessionsOf(identity.account)).find(({ id }) => id === identity.session);
        if (!session) throw problem('login', 'Your session has ended. Sign in again.');
        const about = `kept on a device ${JSON.stringify([identity.account, session.device])}`;
        const { language } = preferencesOf(request);
        return {
          tag: tagOf(identity.account),
          key: Buffer.from(hkdfSync('sha256', secret, '', about, keyBytes)).toString('base64url'),
          hours: hoursKept,
          language: languages[language].tag,
          words: wordsFor(request),
        };
      });
      for (const part of shortcutParts)
        app.get(`/go/${part}`, (request, reply) => {
          const identity = identityOf(request);
          const own = identity?.kind === 'person' ? identity.patient : undefined;
          return reply.redirect(own === undefined ? '/my-record' : `/my-record/${own}/${part}`, 303);
        });
      // Whatever ends the session of a browser takes with it what was kept there.
      app.addHook('onSend', async (_request, reply) => {
        const set = reply.getHeader('set-cookie');
        const lines = Array.isArray(set) ? set : [set];
        if (lines.some((line) => /^(__Host-)?session=;/.test(String(line))))
          reply.header('clear-site-data', clearKept);
      });
    },
  };
}

/** The frame that every page stands in: templates, style sheet, header, footer, and pages that say what went wrong. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorRenderer } from '../platform/map-errors.ts';
import { appFrame } from './app-frame.ts';
import { type Assets, loadAssets } from './assets.ts';
import { loadBrand } from './brand.ts';
import { bundleIslands, islandsIn } from './browser-code.ts';
import { errorWords } from './error-words.ts';
import { type LineOf, lowDataHeaders, lowDataOf } from './low-data.ts';
import { preferencesCookie, preferencesOf } from './preferences.ts';
import { setUpTemplates, type Templates } from './templates.ts';
import { type Phrase, say, type Values, type Words } from './words/define-words.ts';
import { isLanguage, type Language, languages } from './words/languages.ts';
import { localDate, localNumber } from './words/local-format.ts';
import { shellWords } from './words/shell-words.ts';
import { voiceOf } from './words/spoken.ts';

/** What every page gives its layout, beside what its own template needs. */
export interface PageContext {
  /** Named first in the browser's title; the page's h1 says the same. */
  readonly title: string;
  /** The whole content is in the page's language, so that none of it is marked as English. Default: false. */
  readonly translated?: boolean;
  readonly [name: string]: unknown;
}

/** An entry of the header's menu. */
export interface NavigationItem {
  readonly href: string;
  readonly text: string;
  /** Words that say it in other languages too, instead of `text`. */
  readonly key?: string;
  /** What one does there, in a sentence: shown where entries are cards. */
  readonly about?: string;
  /** Only those in one of these roles are shown it. Default: all. */
  readonly roles?: readonly string[];
  /** `menu`: in the header. `more`: on the page of all entries alone. Default: `menu`. */
  readonly place?: 'menu' | 'more';
}

export interface FooterLink {
  readonly href: string;
  /** Of the words that say it. */
  readonly key: string;
}

/** Undefined where it knows no help. */
export type ErrorHelp = (
  request: FastifyRequest,
  status: number,
) => { readonly key: string; readonly href: string; readonly text: string } | undefined;

/** Whoever a page is for, as its header shows them. */
export interface Viewer {
  readonly name: string;
  readonly role: string;
  /** Their own Patient, where they have one. */
  readonly patient?: string;
  /** Signed in: they are offered their account and to sign out; otherwise to sign in. */
  readonly signedIn: boolean;
}

export interface Shell {
  /**
   * Makes a room's folder of views known: `addViews('chart', folder)` → `renderPage(reply, 'chart/summary.njk', …)`. The islands in
   * a folder `browser` beside it become files that pages name: `browser/trend.ts` → `{{ asset("trend.js") }}`.
   */
  readonly addViews: (name: string, folder: string) => void;
  /** Makes a room's words known to templates, by their keys. Throws where two rooms have one key. */
  readonly addWords: (words: Words) => void;
  readonly addNavigation: (item: NavigationItem) => void;
  /** Adds a link to every page's footer. */
  readonly addFooterLink: (link: FooterLink) => void;
  /** Says from a request what stands above its page for now, such as that what it shows is still being made. In English. */
  readonly addNotice: (notice: (request: FastifyRequest) => string | undefined) => void;
  /** Tells from a failed request where help is, beside the start page. */
  readonly addErrorHelp: (help: ErrorHelp) => void;
  /** What someone may go to from the header, in the order of adding, in the language of their pages. */
  readonly navigationOf: (request: FastifyRequest) => readonly NavigationItem[];
  /** Tells from a request whom its page is for; undefined: no one known. Until it is called headers name no one. */
  readonly showViewer: (viewerOf: (request: FastifyRequest) => Viewer | undefined) => void;
  /** Tells from a request what is measured of the line that it comes over. */
  readonly measureLine: (lineOf: LineOf) => void;
  /** Tells from a request whose pages a browser keeps to read without a line: see `web/offline`. Until it is called none does. */
  readonly keepOffline: (offlineFor: (request: FastifyRequest) => string) => void;
  readonly assets: Pick<Assets, 'url' | 'content'>;
  /** Whether the page of this request should move less: fewer rows, images on request. */
  readonly lowData: (request: FastifyRequest) => boolean;
  readonly languageOf: (request: FastifyRequest) => Language;
  /** Words as text in the language of a request's page, for titles and the like. */
  readonly say: (request: FastifyRequest, key: string, values?: Values) => string;
  /** Sends the page. No cache keeps it: pages are about people, and computers are shared. */
  readonly renderPage: (reply: FastifyReply, template: string, context: PageContext) => FastifyReply;
  /** Pages for failed requests: what went wrong, what to do, and the request's id to quote. */
  readonly errorRenderer: ErrorRenderer;
  /** Serves the assets; bundles islands and compiles the templates before the server listens. */
  readonly register: (app: FastifyInstance) => void;
}

const serviceName = 'Throughline';
const staffSearch = '/people';

export interface ShellOptions {
  readonly assets?: Assets;
  /** Folder of a brand’s marks; default: our own. */
  readonly brandDir?: string | undefined;
}

export function setUpShell(options: ShellOptions = {}): Shell {
  const assets = options.assets ?? loadAssets();
  const brand = options.brandDir === undefined ? undefined : loadBrand(options.brandDir, assets);
  const islands = islandsIn(fileURLToPath(new URL('./browser', import.meta.url)));
  const navigation: NavigationItem[] = [];
  const words: Record<Language, Record<string, Phrase>> = { en: {}, cy: {}, ur: {} };
  const templates: Templates = setUpTemplates({ asset: assets.url, serviceName, brand });
  let viewerOf: ((request: FastifyRequest) => Viewer | undefined) | undefined;
  let lineOf: LineOf = () => undefined;
  let offlineFor: ((request: FastifyRequest) => string) | undefined;
  const lowData = lowDataOf((request) => lineOf(request));
  const addWords = (added: Words) => {
    for (const key of Object.keys(added.en))
      if (Object.hasOwn(words.en, key)) throw new Error(`Two rooms have words called ${key}`);
    for (const language of ['en', 'cy', 'ur'] as const) Object.assign(words[language], added[language]);
  };
  addWords(shellWords);
  const footerLinks: FooterLink[] = [];
  const notices: ((request: FastifyRequest) => string | undefined)[] = [];
  const helps: ErrorHelp[] = [];

  const languageOf = (request: FastifyRequest): Language => preferencesOf(request).language;
  const navigationOf = (request: FastifyRequest): readonly NavigationItem[] => {
    const role = viewerOf?.(request)?.role;
    const language = languageOf(request);
    return navigation
      .filter(({ roles }) => !viewerOf || !roles || (role !== undefined && roles.includes(role)))
      .map((item) => (item.key ? { ...item, text: say(words, language, item.key).text } : item));
  };
  /** What the layout needs of a request. */
  const frameOf = (request: FastifyRequest, isTranslated: boolean) => {
    const { language, theme, keys } = preferencesOf(request);
    const viewer = viewerOf?.(request);
    const isPatient = viewer !== undefined && (viewer.role === 'patient' || viewer.role === 'proxy');
    return {
      ...voiceOf(words, language, isTranslated),
      language: { key: language, ...languages[language] },
      localDate: (value: unknown) => localDate(language, value),
      localNumber: (value: number) => localNumber(language, value),
      theme,
      keys,
      lowData: lowData(request),
      navigation: navigationOf(request).filter(({ place }) => place !== 'more'),
      viewer,
      isPatient,
      ...(isPatient ? { app: ownFrame(viewer) } : {}),
      findPerson:
        !isPatient && (!viewerOf || viewer) && navigationOf(request).some(({ href }) => href === staffSearch)
          ? staffSearch
          : undefined,
      canSignIn: viewerOf !== undefined,
      offlineFor: keptFor(request),
      footerLinks,
      notice: notices.map((notice) => notice(request)).find((text) => text !== undefined),
      inEnglish: withLanguage(request.url, 'en'),
    };
  };
  /** Whose pages this browser keeps; undefined where it keeps none. */
  const keptFor = (request: FastifyRequest): string | undefined => {
    const told = offlineFor?.(request);
    return told?.endsWith(' keep') ? told : undefined;
  };
  const ownFrame = ({ patient, name }: Viewer) =>
    appFrame({ ...(patient === undefined ? {} : { person: { id: patient, name, own: true } }), tab: 'more' });
  const send = (reply: FastifyReply, template: string, context: PageContext) =>
    reply
      .headers({ ...lowDataHeaders, ...(offlineFor ? { 'offline-for': offlineFor(reply.request) } : {}) })
      .type('text/html; charset=utf-8')
      .send(
        templates.render(template, {
          path: reply.request.url.split('?')[0] ?? '/',
          ...frameOf(reply.request, context.translated ?? false),
          ...context,
        }),
      );
  return {
    addViews: (name, folder) => {
      templates.addFolder(name, folder);
      islands.push(...islandsIn(join(folder, '../browser')));
    },
    addWords,
    addNavigation: (item) => {
      navigation.push(item);
    },
    addFooterLink: (link) => {
      footerLinks.push(link);
    },
    addNotice: (notice) => {
      notices.push(notice);
    },
    addErrorHelp: (help) => {
      helps.push(help);
    },
    navigationOf,
    showViewer: (tell) => {
      viewerOf = tell;
    },
    measureLine: (measured) => {
      lineOf = measured;
    },
    keepOffline: (tell) => {
      offlineFor = tell;
    },
    assets,
    lowData,
    languageOf,
    say: (request, key, values) => say(words, languageOf(request), key, values).text,
    renderPage: send,
    errorRenderer: {
      prefix: '/',
      render: ({ status, faults }, request, reply) => {
        const { title, paragraphs } = errorWords(status);
        // Our own messages of 4xx say what to mend; what failed inside is for the log.
        const messages = status < 500 ? faults.map((fault) => fault.message) : [];
        const from = encodeURIComponent(request.method === 'GET' ? request.url : '/');
        const signIn = status === 401 && viewerOf ? `/sign-in?return=${from}` : undefined;
        return send(reply, 'web/error.njk', {
          path: '',
          translated: true,
          title: say<string>(words, languageOf(request), title).text,
          paragraphs,
          messages,
          signIn,
          help: helps.map((help) => help(request, status)).find((help) => help !== undefined),
          requestId: request.id,
        });
      },
    },
    register: (app) => {
      assets.register(app);
      app.addHook('onRequest', (request, reply, done) => {
        const chosen = languageAsked(request);
        if (chosen === undefined) return done();
        const secure = request.protocol === 'https';
        reply
          .header('set-cookie', preferencesCookie({ ...preferencesOf(request), language: chosen }, secure))
          .redirect(withLanguage(request.url), 303);
      });
      app.addHook('onReady', async () => {
        templates.warm();
        for (const [name, content] of await bundleIslands(islands)) assets.add(name, content);
      });
    },
  };
}

const here = 'http://here.invalid';

/** An address of this site with `lang` set, or taken out. */
function withLanguage(url: string, language?: Language): string {
  if (!URL.canParse(url, here)) return '/';
  const { pathname, searchParams } = new URL(url, here);
  searchParams.delete('lang');
  if (language) searchParams.set('lang', language);
  const query = searchParams.toString();
  // A path that begins with two slashes would be another site's address.
  return `/${pathname.replace(/^\/+/, '')}${query ? `?${query}` : ''}`;
}

/** The language that a link to a page asks for: `/sign-in?lang=cy`. It is kept, and the page opened without it. */
function languageAsked(request: FastifyRequest): Language | undefined {
  if (request.method !== 'GET' || !String(request.headers.accept ?? '').includes('text/html'))
    return undefined;
  if (!request.url.includes('lang=') || !URL.canParse(request.url, here)) return undefined;
  const asked = new URL(request.url, here).searchParams.get('lang');
  return isLanguage(asked) ? asked : undefined;
}

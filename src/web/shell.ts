/** The frame that every page stands in: templates, style sheet, header, footer, and pages that say what went wrong. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorRenderer } from '../platform/map-errors.ts';
import { type Assets, loadAssets } from './assets.ts';
import { setUpTemplates, type Templates } from './templates.ts';

/** What every page gives its layout, beside what its own template needs. */
export interface PageContext {
  /** Named first in the browser's title; the page's h1 says the same. */
  readonly title: string;
  readonly [name: string]: unknown;
}

/** An entry of the header's menu. */
export interface NavigationItem {
  readonly href: string;
  readonly text: string;
  /** Only those in one of these roles are shown it. Default: all. */
  readonly roles?: readonly string[];
}

/** Whoever a page is for, as its header shows them. */
export interface Viewer {
  readonly name: string;
  readonly role: string;
  /** Signed in: they are offered their account and to sign out; otherwise to sign in. */
  readonly signedIn: boolean;
}

export interface Shell {
  /** Makes a room's folder of views known: `addViews('chart', folder)` → `renderPage(reply, 'chart/summary.njk', …)`. */
  readonly addViews: (name: string, folder: string) => void;
  readonly addNavigation: (item: NavigationItem) => void;
  /** Tells from a request whom its page is for; undefined: no one known. Until it is called headers name no one. */
  readonly showViewer: (viewerOf: (request: FastifyRequest) => Viewer | undefined) => void;
  /** Sends the page. No cache keeps it: pages are about people, and computers are shared. */
  readonly renderPage: (reply: FastifyReply, template: string, context: PageContext) => FastifyReply;
  /** Pages for failed requests: what went wrong, what to do, and the request's id to quote. */
  readonly errorRenderer: ErrorRenderer;
  /** Serves the assets, and compiles the templates before the server listens. */
  readonly register: (app: FastifyInstance) => void;
}

interface Words {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

const notFound: Words = {
  title: 'Page not found',
  paragraphs: [
    'If you typed the web address, check it is correct.',
    'If you pasted the web address, check you copied all of it.',
  ],
};

const wordsOf = (status: number): Words => {
  if (status === 401) {
    return { title: 'You need to sign in', paragraphs: ['Sign in, then open this page again.'] };
  }
  if (status === 403) {
    return {
      title: 'You do not have access to this page',
      paragraphs: ['If you need it for someone’s care, ask the person who manages access where you work.'],
    };
  }
  if (status === 404) return notFound;
  if (status === 410) {
    return {
      title: 'This has been deleted',
      paragraphs: ['It is no longer part of the current record. Its earlier versions are kept.'],
    };
  }
  if (status === 429 || status === 503 || status === 507) {
    return {
      title: 'Sorry, the service is unavailable',
      paragraphs: ['Nothing you have saved is lost.', 'Wait a minute, then try again.'],
    };
  }
  if (status < 500)
    return { title: 'Sorry, that did not work', paragraphs: ['Go back, change it and try again.'] };
  return {
    title: 'Sorry, there is a problem with the service',
    paragraphs: ['Nothing you have saved is lost.', 'Try again later.'],
  };
};

export function setUpShell(options: { assets?: Assets } = {}): Shell {
  const assets = options.assets ?? loadAssets();
  const navigation: NavigationItem[] = [];
  const templates: Templates = setUpTemplates({ asset: assets.url, serviceName: 'Throughline' });
  let viewerOf: ((request: FastifyRequest) => Viewer | undefined) | undefined;
  /** What the header needs of a request. */
  const headerOf = (request: FastifyRequest) => {
    const viewer = viewerOf?.(request);
    const shown = navigation.filter(({ roles }) => !roles || (viewer && roles.includes(viewer.role)));
    return { navigation: shown, viewer, canSignIn: viewerOf !== undefined };
  };
  return {
    addViews: templates.addFolder,
    addNavigation: (item) => {
      navigation.push(item);
    },
    showViewer: (tell) => {
      viewerOf = tell;
    },
    renderPage: (reply, template, context) => {
      const path = reply.request.url.split('?')[0] ?? '/';
      return reply
        .type('text/html; charset=utf-8')
        .send(templates.render(template, { path, ...headerOf(reply.request), ...context }));
    },
    errorRenderer: {
      prefix: '/',
      render: ({ status, faults }, request, reply) => {
        const { title, paragraphs } = wordsOf(status);
        // Our own messages of 4xx say what to mend; what failed inside is for the log.
        const messages = status < 500 ? faults.map((fault) => fault.message) : [];
        const from = encodeURIComponent(request.method === 'GET' ? request.url : '/');
        const signIn = status === 401 && viewerOf ? `/sign-in?return=${from}` : undefined;
        const about = { path: '', title, paragraphs, messages, signIn, requestId: request.id };
        const context = { ...headerOf(request), ...about };
        return reply.type('text/html; charset=utf-8').send(templates.render('web/error.njk', context));
      },
    },
    register: (app) => {
      assets.register(app);
      app.addHook('onReady', async () => templates.warm());
    },
  };
}

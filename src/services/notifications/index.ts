/** Notifications: what is new, told in a browser, by email or by text, and the pages to choose that on. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { callbackRoute } from './callback-route.ts';
import { contactPages, stopPages } from './contact-pages.ts';
import { outboxPage } from './outbox-page.ts';
import type { NotificationPageNeeds } from './page-needs.ts';
import { preferencePages } from './preference-pages.ts';
import { notificationWords } from './words.ts';

export interface NotificationPages {
  readonly path: '/notifications';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function notificationPages(needs: NotificationPageNeeds): NotificationPages {
  const { shell, isDemonstration, notifications } = needs;
  const title = 'Notifications';
  shell.addViews('notifications', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addWords(notificationWords);
  shell.addNavigation({
    ...{ href: '/notifications', text: title, key: 'notifications.title', place: 'more' },
    roles: ['patient', 'proxy'],
  });
  if (isDemonstration) shell.addNavigation({ href: '/outbox', text: 'Outbox', place: 'more' });
  return {
    path: '/notifications',
    title,
    register: (app) => {
      preferencePages(app, needs);
      contactPages(app, needs);
      stopPages(app, needs);
      if (isDemonstration) outboxPage(app, needs);
      const { outbox, senders } = notifications.parts;
      if (senders.callback) callbackRoute(app, { outbox, callback: senders.callback });
    },
  };
}

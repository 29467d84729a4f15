/** Pages about the service itself, which every page’s footer leads to: help, contact, accessibility, privacy, cookies. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Shell } from '../../web/shell.ts';

export interface AboutNeeds {
  readonly shell: Shell;
  /** How people reach whoever runs this, as they are to read it; undefined: nobody has said. */
  readonly contact: string | undefined;
  /** Whether `/demo` explains a demonstration. */
  readonly isDemonstration: boolean;
}

export interface About {
  readonly path: '/help';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

const pages = [
  { path: '/help', view: 'about/help.njk', title: 'Help', key: 'footer.help' },
  { path: '/contact', view: 'about/contact.njk', title: 'Contact us', key: 'footer.contact' },
  {
    path: '/accessibility',
    view: 'about/accessibility.njk',
    title: 'Accessibility statement',
    key: 'footer.accessibility',
  },
  { path: '/privacy', view: 'about/privacy.njk', title: 'Privacy', key: 'footer.privacy' },
  { path: '/cookies', view: 'about/cookies.njk', title: 'Cookies', key: 'footer.cookies' },
] as const;

export function about({ shell, contact, isDemonstration }: AboutNeeds): About {
  shell.addViews('about', fileURLToPath(new URL('./views', import.meta.url)));
  for (const { path, key } of pages) shell.addFooterLink({ href: path, key });
  if (isDemonstration) shell.addFooterLink({ href: '/demo', key: 'footer.demo' });
  return {
    path: '/help',
    title: 'Help',
    register: (app) => {
      for (const { path, view, title } of pages)
        app.get(path, (_request, reply) =>
          shell.renderPage(reply, view, { title, contact, isDemonstration }),
        );
    },
  };
}

/** The start page by role, the patient’s “More”, and the page of all pages. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { roleOf } from '../../access/roles.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { type AppPerson, appFrame } from '../../web/app-frame.ts';
import { localMoment } from '../../web/dates.ts';
import { formBody, formText } from '../../web/form-fields.ts';
import { chooseName, plainName } from '../../web/names.ts';
import type { NavigationItem, Shell, Viewer } from '../../web/shell.ts';

export interface StartNeeds {
  readonly shell: Shell;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly actorOf: (request: FastifyRequest) => Actor;
  /** Whom pages are for; undefined: a stranger. */
  readonly viewerOf: (request: FastifyRequest) => Viewer | undefined;
  /** Whether people of a demonstration can be tried. */
  readonly isDemonstration: boolean;
}

/** Pages that are about what others may see. */
const privacy = new Set(['/sharing', '/who-looked', '/acting-for', '/app-consent']);
const isPatient = (viewer: Viewer | undefined) => viewer?.role === 'patient' || viewer?.role === 'proxy';

export function startPages(app: FastifyInstance, needs: StartNeeds): void {
  const { shell, viewerOf, isDemonstration } = needs;

  app.get('/', (request, reply) => {
    const viewer = viewerOf(request);
    if (isPatient(viewer)) return reply.redirect('/my-record', 303);
    if (!viewer)
      return shell.renderPage(reply, 'start/welcome.njk', {
        translated: true,
        title: shell.say(request, 'welcome.title'),
        isDemonstration,
      });
    return shell.renderPage(reply, 'start/work.njk', {
      title: 'Your work',
      role: roleOf(viewer.role)?.name ?? viewer.role,
      cards: shell.navigationOf(request).filter(({ about }) => about !== undefined),
    });
  });

  app.get('/more', async (request, reply) => {
    const viewer = viewerOf(request);
    if (!viewer) return reply.redirect('/sign-in?return=%2Fmore', 303);
    if (!isPatient(viewer)) return reply.redirect('/commands', 303);
    const person = await personOf(needs, request, viewer);
    const entries = shell.navigationOf(request).filter(({ href }) => !here.has(href));
    const groups = [
      { key: 'more.privacy', entries: entries.filter(({ href }) => privacy.has(href)) },
      { key: 'more.you', entries: entries.filter(({ href }) => !privacy.has(href)) },
    ];
    return shell.renderPage(reply, 'start/more.njk', {
      translated: true,
      title: shell.say(request, 'more.title'),
      ...(person ? { app: appFrame({ person, tab: 'more', others: !person.own }) } : {}),
      groups,
    });
  });

  app.get('/commands', (request, reply) =>
    shell.renderPage(reply, 'start/commands.njk', {
      title: 'All pages',
      entries: entriesOf(shell.navigationOf(request), viewerOf(request)),
    }),
  );
}

/** Places that the frame leads to on every page. */
const here = new Set(['/my-record', '/more', '/commands']);

function entriesOf(
  navigation: readonly NavigationItem[],
  viewer: Viewer | undefined,
): readonly Pick<NavigationItem, 'href' | 'text' | 'about'>[] {
  return [
    { href: '/', text: 'Start page' },
    ...navigation.filter(({ href }) => href !== '/commands'),
    ...(viewer ? [{ href: '/account', text: 'My account' }] : []),
    { href: '/settings', text: 'Settings' },
    { href: '/help', text: 'Help' },
  ];
}

/** The person whose record someone came from, where they may open it: `/more?for=…`. */
async function personOf(
  { record, actorOf, clock }: StartNeeds,
  request: FastifyRequest,
  viewer: Viewer,
): Promise<AppPerson | undefined> {
  const id = formText(formBody(request.query), 'for');
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(id) || id === viewer.patient) return undefined;
  const stored = await record.read(actorOf(request), 'Patient', id);
  if (!stored?.body) return undefined;
  const name = plainName(chooseName(resourceOf<Patient>(stored).name, localMoment(clock.now()).key));
  return { id, name, own: false };
}

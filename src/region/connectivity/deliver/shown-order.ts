/** An order in the words of its page: facts, what comes next, what may be done, figures, history. */
import { formatDate, formatMoment, formatShortDate } from '../../../web/dates.ts';
import { technologyNames } from '../model.ts';
import { figureText, measureWords } from './acceptance.ts';
import { mayDoTo } from './decide.ts';
import { type DeedSlug, deedActions, deedSlugs } from './deed-form.ts';
import { deedLines, deedTitle, pounds, speedsText } from './deed-words.ts';
import { daysLate } from './lateness.ts';
import {
  type Acceptance,
  type AcceptanceLine,
  type CareSnapshot,
  causeNames,
  type Doer,
  documentKindNames,
  isOpen,
  type Order,
  type OrderEvent,
  type OrderState,
  stateNames,
} from './order.ts';
import { chosenQuote, type SeenOrder } from './seen-order.ts';

export interface Fact {
  readonly key: string;
  readonly value: string;
  readonly note?: string;
}

export interface Tag {
  readonly text: string;
  readonly colour: string;
}

/** What of an order stands out. */
export function tagsOf(order: SeenOrder, today: string): readonly Tag[] {
  if (order.lost) return [{ text: 'Another quote was chosen', colour: 'grey' }];
  const late = daysLate(order, today);
  return [
    ...(order.blocked ? [{ text: 'Blocked', colour: 'red' }] : []),
    ...(late > 0 && isOpen(order)
      ? [{ text: `${late} ${late === 1 ? 'day' : 'days'} late`, colour: 'orange' }]
      : []),
    ...(order.failures > 0 && order.state !== 'live' && order.state !== 'cancelled'
      ? [
          {
            text: order.failures === 1 ? 'Failed acceptance' : `Failed acceptance ${order.failures} times`,
            colour: 'pink',
          },
        ]
      : []),
  ];
}

/** Who has to do what now, by stage. */
const next: Readonly<Record<OrderState, string>> = {
  survey: 'A supplier surveys the site.',
  quote: 'Suppliers quote. The connectivity lead compares the quotes and chooses one.',
  approve: 'The connectivity lead approves the order against the year’s budget.',
  wayleave: 'The supplier gets permission from whoever owns the land that the line crosses.',
  build: 'The supplier builds the line to the building.',
  install: 'The supplier installs the line in the building.',
  acceptance: 'The line is measured. It goes live only when it does what was ordered.',
  live: 'Nothing: the line is live. What care it moved is told after 90 days.',
  cancelled: 'Nothing: the order is cancelled.',
};
export const nextOf = (order: SeenOrder): string =>
  order.lost
    ? 'Nothing: this order went to another supplier. Thank you for your quote.'
    : order.blocked
      ? `${causeNames[order.blocked.cause]}: ${order.blocked.why}`
      : next[order.state];

/** What the site gets ready, by stage, for whoever runs it. */
export const toPrepare: Readonly<Partial<Record<OrderState, readonly string[]>>> = {
  survey: [
    'Someone who can open the comms room and show where the line comes in now',
    'A plan of the building, and the asbestos register',
    'Who owns the building and the land around it',
  ],
  wayleave: [
    'The landlord’s name and address, if the supplier has not had them',
    'Sign what needs the site’s consent',
  ],
  build: ['Keep the route to the building clear', 'Tell patients if part of the car park is closed'],
  install: [
    'Access to the comms room all day, with two free power sockets near the cabinet',
    'Two units of free space in the cabinet for the new router',
    'Tell staff that the network may pause for up to an hour: plan video consultations around it',
  ],
  acceptance: [
    'Run the line test from a desk, in the morning, at midday and in the afternoon',
    'Keep the old line plugged in until the new one is accepted',
  ],
};

/** The deed that moves it on, where this visitor may do it. */
export function stepOf(order: Order, doer: Doer): DeedSlug | undefined {
  const steps: Readonly<Partial<Record<OrderState, readonly DeedSlug[]>>> = {
    survey: ['survey'],
    quote: doer.provider === undefined ? ['choose', 'quote'] : ['quote'],
    approve: ['approve'],
    wayleave: ['wayleave'],
    build: ['build'],
    install: ['install'],
    acceptance: ['accept'],
  };
  if (order.blocked && mayDoTo(order, 'unblocked', doer)) return 'unblock';
  return steps[order.state]?.find((slug) => mayDoTo(order, deedSlugs[slug], doer));
}

export const actionsOf = (order: Order, doer: Doer, acceptance: Acceptance | undefined) =>
  (Object.keys(deedSlugs) as DeedSlug[]) // its own keys
    .filter((slug) => mayDoTo(order, deedSlugs[slug], doer))
    .filter((slug) => slug !== 'fail' || acceptance?.verdict === 'failed')
    .map((slug) => ({ slug, text: deedActions[slug], href: `/lines/orders/${order.id}/do/${slug}` }));

export function factsOf(order: SeenOrder, nameOf: (provider: string) => string): readonly Fact[] {
  const quote = chosenQuote(order);
  const fact = (key: string, value: string | undefined, note?: string): readonly Fact[] =>
    value === undefined || value === '' ? [] : [{ key, value, ...(note ? { note } : {}) }];
  const { idle, loaded, loss } = order.ordered;
  return [
    ...fact('Line', technologyNames[order.technology], order.role === 'backup' ? 'As a backup' : undefined),
    ...fact(
      'Ordered',
      speedsText(order.ordered),
      [
        `Delay at most ${idle} ms`,
        ...(loaded === undefined ? [] : [`under load ${loaded} ms`]),
        ...(loss === undefined ? [] : [`loss at most ${loss * 100} %`]),
      ].join(', '),
    ),
    ...fact('Supplier', order.chosen && nameOf(order.chosen)),
    ...fact('Asked to quote', order.chosen || order.lost ? undefined : order.invited.map(nameOf).join(', ')),
    ...fact(
      order.state === 'live' ? 'Was to be live' : 'To be live',
      order.due && formatDate(order.due),
      order.promised !== order.due && order.promised ? `Promised: ${formatDate(order.promised)}` : undefined,
    ),
    ...fact('Live since', order.live === undefined ? undefined : formatMoment(order.live)),
    ...order.visits.flatMap((visit) =>
      fact(
        'Visit',
        `${formatDate(visit.day)}${visit.agreed ? '' : ' (proposed)'}`,
        [...(visit.provider ? [nameOf(visit.provider)] : []), ...(visit.note ? [visit.note] : [])].join(': '),
      ),
    ),
    ...fact('Installed', order.installed && formatDate(order.installed.day), order.installed?.reference),
    ...(quote
      ? fact(
          'Price',
          `${pounds(quote.install)} once, ${pounds(quote.monthly)} a month`,
          `For ${quote.termMonths} months. Faults mended within ${quote.fixHours} hours`,
        )
      : fact('Estimate', order.estimate === undefined ? undefined : `${pounds(order.estimate)} once`)),
    ...fact('Budget of', order.estimate === undefined ? undefined : String(order.year)),
    ...fact('Plan', order.plan?.name),
    ...fact('Why', order.reason),
  ];
}

export interface FigureRow {
  readonly what: string;
  readonly needed: string;
  readonly found: string;
  readonly met: boolean;
}
export const figureRows = ({ lines }: Acceptance): readonly FigureRow[] =>
  lines.map(({ measure, needed, found, met }: AcceptanceLine) => ({
    what: measureWords[measure],
    needed: figureText(measure, needed),
    found: figureText(measure, found),
    met,
  }));

export const verdictWords: Readonly<Record<Acceptance['verdict'], string>> = {
  met: 'The line does what was ordered. It can go live.',
  failed: 'The line does not do what was ordered. It goes back to the supplier with these figures.',
  early: 'There are not enough tests to say yet.',
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;
export const videoWords: Readonly<Record<string, string>> = {
  yes: 'Yes',
  limited: 'Limited',
  no: 'No',
  unknown: 'Not known',
};

/** What the line carried before and after, side by side. */
export function benefitRows(
  before: CareSnapshot,
  after: CareSnapshot | undefined,
): readonly (readonly [string, string, string])[] {
  const row = (
    what: string,
    of: (one: CareSnapshot) => string | undefined,
  ): readonly [string, string, string][] => {
    const [was, is] = [of(before), after && of(after)];
    return was === undefined && is === undefined
      ? []
      : [[what, was ?? 'Not known', after ? (is ?? 'Not known') : 'After 90 days']];
  };
  return [
    ...row(
      'Video consultations',
      ({ video, binding }) => `${videoWords[video] ?? video}${binding ? `: ${binding}` : ''}`,
    ),
    ...row('Video at once', ({ videoAtOnce }) => videoAtOnce?.toString()),
    ...row('Consultations held back, a week', ({ heldBack }) => heldBack?.toFixed(0)),
    ...row('Consultations that can be by video', ({ videoShare }) =>
      videoShare === undefined ? undefined : percent(videoShare),
    ),
    ...row('Hours waited for images, a week', ({ imageHours }) => imageHours?.toFixed(1)),
  ];
}

/** Newest first. */
export const historyOf = (events: readonly OrderEvent[], nameOf: (provider: string) => string) =>
  events.toReversed().map(({ at, by, deed }) => ({
    on: formatMoment(at),
    who: by.name,
    of: by.provider === undefined ? '' : nameOf(by.provider),
    title: deedTitle(deed),
    lines: deedLines(deed, nameOf),
    figures: deed.kind === 'accepted' || deed.kind === 'failed' ? figureRows(deed.figures) : [],
  }));

export const documentsOf = (order: SeenOrder, nameOf: (provider: string) => string) =>
  order.documents.map(({ id, about, name, size, at, by }) => ({
    href: `/lines/orders/${order.id}/documents/${id}`,
    ...{
      name,
      about: documentKindNames[about],
      size: size < 1_048_576 ? `${Math.ceil(size / 1024)} KB` : `${(size / 1_048_576).toFixed(1)} MB`,
    },
    by: `${by.name}${by.provider === undefined ? '' : `, ${nameOf(by.provider)}`}, ${formatShortDate(new Date(at).toISOString())}`,
  }));

export const stateName = (order: SeenOrder): string => (order.lost ? 'Closed' : stateNames[order.state]);

/** Who may do what to an order in which state, and whether what they say of it can be right. */
import { type Fault, Problem } from '../../../platform/problem.ts';
import { formatDate } from '../../../web/dates.ts';
import {
  type Deed,
  type DeedKind,
  type Doer,
  isOpen,
  type Order,
  type OrderState,
  quoteOf,
  stages,
  stateNames,
  type WorkStage,
  workStages,
} from './order.ts';

/** As what someone comes to an order: the region, a supplier asked to quote, or the one whose quote was chosen. */
export type Party = 'region' | 'invited' | 'chosen';

interface DeedRule {
  readonly from: readonly OrderState[];
  readonly by: readonly Party[];
  /** It moves the order on: not while it is blocked. */
  readonly progress?: true;
}

const open = workStages;
const underWay: readonly WorkStage[] = ['wayleave', 'build', 'install', 'acceptance'];
const afterApproval: readonly OrderState[] = [...underWay, 'live'];

/** The table of the state machine. */
export const deedRules: Readonly<Record<Exclude<DeedKind, 'opened'>, DeedRule>> = {
  invited: { from: ['survey', 'quote'], by: ['region'] },
  declined: { from: ['survey', 'quote', 'approve'], by: ['region', 'invited'] },
  surveyed: { from: ['survey', 'quote'], by: ['region', 'invited'], progress: true },
  quoted: { from: ['quote'], by: ['region', 'invited'] },
  chosen: { from: ['quote'], by: ['region'], progress: true },
  approved: { from: ['approve'], by: ['region'], progress: true },
  wayleave: { from: ['wayleave'], by: ['region', 'chosen'], progress: true },
  built: { from: ['build'], by: ['region', 'chosen'], progress: true },
  installed: { from: ['install'], by: ['region', 'chosen'], progress: true },
  accepted: { from: ['acceptance'], by: ['region'], progress: true },
  failed: { from: ['acceptance'], by: ['region'] },
  'sent-back': { from: ['quote', 'approve', ...underWay], by: ['region'] },
  proposed: { from: ['survey', ...underWay], by: ['region', 'invited', 'chosen'] },
  agreed: { from: ['survey', ...underWay], by: ['region'] },
  delayed: { from: underWay, by: ['region', 'chosen'] },
  blocked: { from: open, by: ['region', 'chosen'] },
  unblocked: { from: open, by: ['region', 'chosen'] },
  cancelled: { from: open, by: ['region'] },
  document: { from: [...open, 'live'], by: ['region', 'invited', 'chosen'] },
  noted: { from: [...open, 'live', 'cancelled'], by: ['region', 'invited', 'chosen'] },
  invoiced: { from: afterApproval, by: ['region'] },
  benefit: { from: ['live'], by: ['region'] },
};

/** Undefined: the order is no business of theirs, or no longer. */
export function partyOf(order: Order, { provider }: Pick<Doer, 'provider'>): Party | undefined {
  if (provider === undefined) return 'region';
  if (!order.invited.includes(provider)) return undefined;
  if (order.chosen === undefined) return 'invited';
  return order.chosen === provider ? 'chosen' : undefined;
}

/** Whether someone may do this now; what pages offer. */
export function mayDoTo(
  order: Order,
  kind: Exclude<DeedKind, 'opened'>,
  doer: Pick<Doer, 'provider'>,
): boolean {
  const rule = deedRules[kind];
  const party = partyOf(order, doer);
  if (!party || !rule.from.includes(order.state)) return false;
  // A supplier that is chosen is no less than one that was asked.
  if (!rule.by.includes(party) && !(party === 'chosen' && rule.by.includes('invited'))) return false;
  if (rule.progress && order.blocked) return false;
  if (kind === 'unblocked') return order.blocked !== undefined;
  if (kind === 'blocked') return order.blocked === undefined;
  if (kind === 'agreed') return order.visits.some(({ agreed }) => !agreed);
  if (kind === 'chosen') return order.quotes.length > 0;
  if (kind === 'sent-back') return earlier(order.state).length > 0;
  if (kind === 'proposed') return party !== 'invited' || order.state === 'survey';
  return true;
}

/** Stages that an order can be sent back to. */
export const earlier = (state: OrderState): readonly WorkStage[] =>
  workStages.slice(0, Math.max(0, stages.indexOf(state as (typeof stages)[number]))); // cancelled has index -1, so none

const fault = (kind: Fault['kind'], message: string, where?: string): Fault => ({
  ...{ kind, severity: 'error', message },
  ...(where === undefined ? {} : { where }),
});

const earliest = '2000-01-01';

/** Throws a problem where the deed does not fit the order, or cannot be right. `today`: the UK day now. */
export function check(order: Order, deed: Deed, doer: Doer, today: string): void {
  const faults = faultsOf(order, deed, doer, today);
  if (faults.length > 0) throw new Problem(faults);
}

function faultsOf(order: Order, deed: Deed, doer: Doer, today: string): readonly Fault[] {
  if (deed.kind === 'opened') return [fault('conflict', 'This order has been opened already.')];
  if (!mayDoTo(order, deed.kind, doer)) return [fault('business-rule', whyNot(order, deed.kind, doer))];
  switch (deed.kind) {
    case 'invited':
      return order.invited.includes(deed.provider) &&
        !order.declined.some((one) => one.provider === deed.provider)
        ? [fault('business-rule', 'This supplier has been asked already.', 'provider')]
        : [];
    case 'declined':
      return ofOwn(order, deed.provider, doer);
    case 'quoted':
      return [...ofOwn(order, deed.quote.provider, doer), ...quoteFaults(deed.quote)];
    case 'chosen':
      return quoteOf(order, deed.provider)
        ? []
        : [fault('value', 'This supplier has not quoted. Choose one that has.', 'provider')];
    case 'approved':
      return notBefore(deed.due, today, 'due', 'The day it is to be live must be today or later');
    case 'surveyed':
      return [
        ...(doer.provider !== undefined || deed.provider !== undefined
          ? ofOwn(order, deed.provider ?? '', doer)
          : []),
        ...notAfter(deed.day, today),
      ];
    case 'wayleave':
    case 'built':
    case 'installed':
      return notAfter(deed.day, today);
    case 'accepted':
      return deed.figures.verdict === 'met'
        ? []
        : [
            fault(
              'business-rule',
              'The line has not been measured to do what was ordered, so it cannot go live.',
            ),
          ];
    case 'failed':
      return deed.figures.verdict === 'failed'
        ? []
        : [
            fault(
              'business-rule',
              deed.figures.verdict === 'met'
                ? 'The line does what was ordered. To send the order back all the same, say to which stage and why.'
                : 'There are too few tests to say that the line failed.',
            ),
          ];
    case 'sent-back':
      return earlier(order.state).includes(deed.to)
        ? []
        : [fault('value', 'An order can only be sent back to a stage before the one it is in.', 'to')];
    case 'proposed':
      return notBefore(deed.day, today, 'day', 'The day proposed must be today or later');
    case 'agreed':
      return order.visits.some(({ day, provider }) => day === deed.day && provider === deed.provider)
        ? []
        : [fault('conflict', 'Another day has been proposed meanwhile. Look at it before you agree.')];
    case 'delayed':
      return notBefore(deed.due, today, 'due', 'The new day must be today or later');
    case 'invoiced':
      return [
        ...notAfter(deed.day, today),
        ...(Number.isInteger(deed.pounds) && deed.pounds !== 0 && Math.abs(deed.pounds) <= 10_000_000
          ? []
          : [fault('value', 'The amount must be whole pounds, up to 10,000,000.', 'pounds')]),
      ];
    default:
      return [];
  }
}

function whyNot(order: Order, kind: Exclude<DeedKind, 'opened'>, doer: Doer): string {
  if (partyOf(order, doer) === undefined)
    return 'This order is no longer yours to change: another quote was chosen.';
  const { from, progress } = deedRules[kind];
  if (progress && order.blocked)
    return `The order is blocked: ${order.blocked.why}. Say that this is over before you move it on.`;
  if (!from.includes(order.state))
    return isOpen(order)
      ? `This cannot be done now: the order is at “${stateNames[order.state]}”.`
      : `This cannot be done: the order is ${order.state}.`;
  return 'This is not for you to do.';
}

const ofOwn = (order: Order, provider: string, doer: Doer): readonly Fault[] => {
  if (doer.provider !== undefined && doer.provider !== provider)
    return [fault('forbidden', 'You can only answer for your own company.')];
  return order.invited.includes(provider)
    ? []
    : [fault('value', 'This supplier has not been asked to quote. Ask them first.', 'provider')];
};

const notAfter = (day: string, today: string): readonly Fault[] => {
  if (day > today) return [fault('value', `The day must be today (${formatDate(today)}) or earlier`, 'day')];
  return day < earliest ? [fault('value', 'The day must be in the year 2000 or later', 'day')] : [];
};

const notBefore = (day: string, today: string, where: string, message: string): readonly Fault[] =>
  day < today || day > `${Number(today.slice(0, 4)) + 20}` ? [fault('value', message, where)] : [];

/** Bounds that no quote of a real line is outside of. */
const quoteBounds = {
  down: [0.1, 100_000],
  up: [0.1, 100_000],
  install: [0, 10_000_000],
  monthly: [0, 1_000_000],
  termMonths: [1, 240],
  days: [1, 1500],
  fixHours: [1, 720],
  availability: [0.5, 1],
} as const;

function quoteFaults({ speeds, ...quote }: Extract<Deed, { kind: 'quoted' }>['quote']): readonly Fault[] {
  const values = { ...quote, ...speeds };
  return Object.entries(quoteBounds).flatMap(([name, [least, most]]) => {
    const value = values[name as keyof typeof quoteBounds]; // its own keys
    return Number.isFinite(value) && value >= least && value <= most
      ? []
      : [fault('value', `This must be between ${least} and ${most}`, name)];
  });
}

/** What the pages of plans share: what they need, who may open them, and how figures are written. */
import type { FastifyRequest } from 'fastify';
import { mayDo } from '../../../access/roles.ts';
import { problem } from '../../../platform/problem.ts';
import { formatNumber } from '../../../web/quantities.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import { technologyNames } from '../model.ts';
import type { RunNeeds } from './runs.ts';
import type { Scenario } from './scenario-store.ts';

export type PlanPageNeeds = RoomNeeds & RunNeeds;

export interface Viewer {
  readonly name: string;
  /** May make and agree plans; others read them. */
  readonly manages: boolean;
}

/** Who reads plans. Throws 401 for strangers, 403 for other roles. */
export function readerOf(needs: Pick<RoomNeeds, 'actorOf' | 'identityOf'>, request: FastifyRequest): Viewer {
  const actor = needs.actorOf(request);
  const identity = needs.identityOf(request);
  if (!identity) throw problem('login', 'Sign in to open this page.');
  if (identity.kind !== 'staff' || !mayDo(identity.post.role, 'see-lines'))
    throw problem('forbidden', 'Your role does not see the plans of lines.');
  return { name: actor.name ?? identity.name, manages: mayDo(identity.post.role, 'manage-lines') };
}

/** Who makes plans. */
export function plannerOf(needs: Pick<RoomNeeds, 'actorOf' | 'identityOf'>, request: FastifyRequest): Viewer {
  const viewer = readerOf(needs, request);
  if (!viewer.manages)
    throw problem('forbidden', 'Your role reads plans. The connectivity lead makes and changes them.');
  return viewer;
}

export const pounds = (amount: number): string =>
  `${amount < 0 ? '−' : ''}£${Math.round(Math.abs(amount)).toLocaleString('en-GB')}`;
export const whole = (x: number): string => Math.round(x).toLocaleString('en-GB');
/** A share as people read it: `0.4 %`; what is not 0 is never shown as 0. */
export function percent(share: number): string {
  const value = 100 * share;
  return value > 0 && value < 0.01
    ? 'under 0.01%'
    : `${formatNumber(Number(value.toFixed(value < 1 ? 2 : 1)))}%`;
}
export const signed = (x: number, words: (size: number) => string): string =>
  x === 0 ? 'the same' : `${x > 0 ? '+' : '−'}${words(Math.abs(x))}`;

export const stateTags: Readonly<
  Record<Scenario['state'], { readonly text: string; readonly colour: string }>
> = {
  waiting: { text: 'Waiting to run', colour: 'grey' },
  running: { text: 'Running', colour: 'blue' },
  done: { text: 'Done', colour: 'green' },
  stopped: { text: 'Stopped early', colour: 'yellow' },
  failed: { text: 'Failed', colour: 'red' },
};

export const technologyName = (technology: keyof typeof technologyNames): string =>
  technologyNames[technology];

/** How good a plan is known to be, in words. */
export function gapWords({ status, gap }: { readonly status: string; readonly gap: number }): string {
  if (status === 'unmet')
    return 'No plan was found that keeps every rule, so there is no best one to measure it against: see below by how much a rule is missed.';
  const same = 'within these budgets and rules, with sites in the same groups,';
  if (status === 'proved' || gap === 0) return `Proved: no plan ${same} has more benefit.`;
  return `At most ${percent(gap)} from the best: no plan ${same} can have more benefit than that.`;
}

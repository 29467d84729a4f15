/** Who asks for orders, as what, and as whom they act. */
import type { FastifyRequest } from 'fastify';
import { mayDo } from '../../../access/roles.ts';
import { problem } from '../../../platform/problem.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import type { Capability, Incidents, Readings, Register } from '../model.ts';
import type { LinePlans } from '../plan/index.ts';
import type { SectionOf } from '../register/parts.ts';
import type { Doer } from './order.ts';
import type { Orders } from './orders.ts';
import type { Viewer } from './seen-order.ts';

export interface DeliveryNeeds extends RoomNeeds {
  readonly register: Register;
  readonly readings: Readings;
  readonly incidents: Incidents;
  readonly capability: Capability;
  readonly plans: LinePlans;
  readonly addSection: (order: number, section: SectionOf) => void;
}

/** What the pages of delivery share. */
export interface DeliveryParts extends DeliveryNeeds {
  readonly orders: Orders;
}

export interface Visitor {
  readonly viewer: Viewer;
  readonly doer: Doer;
  /** They keep the orders of the whole region. */
  readonly manages: boolean;
}

type WhoNeeds = Pick<DeliveryNeeds, 'actorOf' | 'identityOf' | 'register'>;

/** Throws 401 for strangers, 403 for those whom orders do not concern. */
export async function visitorOf(needs: WhoNeeds, request: FastifyRequest): Promise<Visitor> {
  needs.actorOf(request);
  const identity = needs.identityOf(request);
  if (!identity) throw problem('login', 'Sign in to open this page.');
  if (identity.kind === 'staff') {
    const { role, organisation } = identity.post;
    const doer: Doer = { id: identity.user, name: identity.name };
    if (mayDo(role, 'manage-lines')) return { viewer: { kind: 'lead' }, doer, manages: true };
    if (mayDo(role, 'see-lines')) return { viewer: { kind: 'board' }, doer, manages: false };
    if (mayDo(role, 'supply-lines')) {
      const provider = organisation.replace(/^Organization\//, '');
      return { viewer: { kind: 'supplier', provider }, doer: { ...doer, provider }, manages: false };
    }
    if (mayDo(role, 'see-own-lines')) {
      const sites = await needs.register.sitesOf(organisation);
      return { viewer: { kind: 'practice', sites }, doer, manages: false };
    }
  }
  throw problem('forbidden', 'Your role does not see orders of lines.');
}

/** As `visitorOf`, for what only those who see every line may open: the lead and the board. */
export async function overseerOf(needs: WhoNeeds, request: FastifyRequest): Promise<Visitor> {
  const visitor = await visitorOf(needs, request);
  if (visitor.viewer.kind === 'lead' || visitor.viewer.kind === 'board') return visitor;
  throw problem('forbidden', 'Your role does not see the programme of the whole region.');
}

/** As `visitorOf`, for the lead alone. */
export async function leadOf(needs: WhoNeeds, request: FastifyRequest): Promise<Visitor> {
  const visitor = await visitorOf(needs, request);
  if (visitor.manages) return visitor;
  throw problem('forbidden', 'Only those who manage lines may do this.');
}

/** Whether they may act at all; the board and practices read. */
export const acts = ({ viewer }: Visitor): boolean => viewer.kind === 'lead' || viewer.kind === 'supplier';

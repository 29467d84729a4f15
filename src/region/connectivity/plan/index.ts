/** Which sites to bring onto full fibre, when and how: scenarios, their runs and what they show. */
import type { Room, RoomNeeds } from '../../../web/room.ts';
import type { Capability, Incidents, Readings, Register, Technology } from '../model.ts';

export interface PlanNeeds extends RoomNeeds {
  readonly register: Register;
  readonly readings: Readings;
  readonly incidents: Incidents;
  readonly capability: Capability;
}

/** One site of the plan that was agreed: what is to be ordered, when. */
export interface PlannedSite {
  readonly site: string;
  readonly technology: Technology;
  /** Calendar year: 2027. */
  readonly year: number;
  /** Its part of the cost, in pounds. */
  readonly cost: number;
  /** Sites on one shared trench have one route. */
  readonly route: string | undefined;
  readonly reason: string;
}

export interface LinePlans extends Room {
  /** The scenario that the board agreed to, where there is one. */
  readonly agreed: () => Promise<
    | {
        readonly id: string;
        readonly name: string;
        readonly sites: readonly PlannedSite[];
        readonly budgets: readonly { readonly year: number; readonly pounds: number }[];
      }
    | undefined
  >;
}

export function openPlans(_needs: PlanNeeds): LinePlans {
  return { agreed: async () => undefined, register: () => {} };
}

/** The connectivity programme: every line registered and measured, what care it can carry, the plan to fibre, its delivery. */
import type { Room, RoomNeeds } from '../../web/room.ts';
import type { LineCarriesAt } from '../../web/site-line.ts';
import { openCapability } from './capability/index.ts';
import { openDelivery } from './deliver/index.ts';
import { openDemonstration } from './demonstrate.ts';
import { type MeasureNeeds, openMeasures } from './measure/index.ts';
import type { Capability } from './model.ts';
import { openPlans } from './plan/index.ts';
import { openRegister } from './register/index.ts';

export interface Connectivity extends Room {
  readonly siteCapability: Capability['siteCapability'];
  readonly lineCarries: LineCarriesAt;
  /** Gives the demonstration region its lines, after a moment. Where there are any already, nothing is done. */
  readonly demonstrate: (asked: { readonly few: boolean }) => Promise<void>;
}

/** What measuring lines takes beside what every room is given. */
export type ConnectivityNeeds = RoomNeeds & Pick<MeasureNeeds, 'lossEcho' | 'sendMail'>;

export function connectivity(needs: ConnectivityNeeds): Connectivity {
  const register = openRegister(needs);
  const { store, addSection, addLayer } = register;
  const own = { ...needs, register: store, addSection, addLayer };
  const measures = openMeasures(own);
  const { readings, incidents } = measures;
  const known = { ...own, readings, incidents };
  const care = openCapability(known);
  const { capability } = care;
  const plans = openPlans({ ...known, capability });
  const delivery = openDelivery({ ...known, capability, plans });
  const demonstration = openDemonstration({
    ...needs,
    register: store,
    measures,
    parts: [register, plans, delivery],
  });
  const rooms: readonly Room[] = [demonstration, register, measures, care, plans, delivery];
  return {
    siteCapability: capability.siteCapability,
    lineCarries: async (site, at) => {
      const { services } = await capability.siteCapability(site, at);
      const { verdict, atOnce, binding } = services.video;
      return {
        ...{ video: verdict, audio: services.audio.verdict },
        ...(atOnce === undefined ? {} : { videoAtOnce: atOnce }),
        ...(binding ? { because: binding.words } : {}),
      };
    },
    register: (app) => {
      for (const room of rooms) room.register(app);
    },
    demonstrate: demonstration.begin,
    close: async () => {
      for (const room of rooms.toReversed()) await room.close?.();
    },
  };
}

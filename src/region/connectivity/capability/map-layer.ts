/** The map’s layer of what care lines can carry at this hour: five classes, told apart by shape as well as by colour. */
import type { Clock } from '../../../platform/clock.ts';
import type { SiteCapability } from '../model.ts';
import type { MapLayer } from '../register/parts.ts';
import type { Judgement } from './judge-sites.ts';

/** The best that a line carries now, from the most to the least. */
function classOf({ services, basis }: SiteCapability): string {
  const carries = (verdict: string) => verdict === 'yes' || verdict === 'limited';
  if (basis === 'unknown' || services.video.verdict === 'unknown') return 'unknown';
  if (carries(services.video.verdict)) return (services.video.atOnce ?? 0) > 1 ? 'several' : 'one';
  return carries(services.audio.verdict) || carries(services['video-low'].verdict) ? 'audio' : 'none';
}

function wordsOf({ services, basis }: SiteCapability): string {
  const { verdict, atOnce, binding } = services.video;
  const from = basis === 'sold' ? ', as sold' : '';
  if (verdict === 'unknown') return 'Line not known';
  if (verdict === 'no') return binding ? `${binding.words}${from}` : 'No video';
  return `${atOnce ?? 0} video at once${verdict === 'limited' ? ', limited' : ''}${from}`;
}

export const careLayer = (judgement: Pick<Judgement, 'capabilities'>, clock: Clock): MapLayer => ({
  key: 'capability',
  title: 'What care the line can carry now',
  classes: [
    { key: 'several', name: 'Several video consultations at once', style: 1 },
    { key: 'one', name: 'One video consultation', style: 2 },
    { key: 'audio', name: 'Calls or small video only', style: 5 },
    { key: 'none', name: 'No consultations', style: 6 },
    { key: 'unknown', name: 'Line not known', style: 4 },
  ],
  of: async (sites) => {
    const found = await judgement.capabilities(
      sites.map(({ id }) => id),
      clock.now(),
    );
    return new Map([...found].map(([id, one]) => [id, { class: classOf(one), words: wordsOf(one) }]));
  },
});

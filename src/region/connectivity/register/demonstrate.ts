/** The ground that maps of the demonstration stand on: its coast and its main roads. */
import { longitudeLatitude } from '../../../demo/geography.ts';
import type { Point, Region } from '../../../demo/model.ts';
import type { Position } from '../../../web/map-svg.ts';
import type { Areas } from './areas.ts';

const positionOf = (at: Point): Position => {
  const { longitude, latitude } = longitudeLatitude(at);
  return [longitude, latitude];
};

export async function demonstrateAreas(areas: Areas, { coast, roads, settlements }: Region): Promise<void> {
  const ring = coast.map(positionOf);
  const first = ring[0];
  const closed = first && ring.at(-1)?.join() !== first.join() ? [...ring, first] : ring;
  await areas.save([
    {
      // The one board of the demonstration, as its sites name it.
      ...{ code: 'QZZ', name: 'Sandmouth Health and Care', kind: 'ics' },
      geometry: { type: 'Polygon', coordinates: [closed] },
    },
    {
      ...{ code: 'demo-roads', name: 'Main roads', kind: 'roads' },
      geometry: {
        type: 'MultiLineString',
        coordinates: roads.filter(({ kind }) => kind === 'main').map(({ points }) => points.map(positionOf)),
      },
    },
    ...settlements
      .filter(({ kind }) => kind === 'city' || kind === 'town')
      .map(({ id, name, at }) => ({
        ...{ code: `demo-place-${id}`, name, kind: 'place' as const },
        geometry: { type: 'Point' as const, coordinates: positionOf(at) },
      })),
  ]);
}

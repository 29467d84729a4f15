/** Boundaries that sites lie in. */
import { type Database, inTransaction } from '../../../platform/database.ts';
import { type Geometry, type Position, simplify } from '../../../web/map-svg.ts';
import { isWithin, type Shape, shapeOf } from './land.ts';
import type { Position as Place } from './validate.ts';

/** `roads` and `place`: lines and names for maps, in which nothing lies. */
export type AreaKind = 'ics' | 'region' | 'coast' | 'roads' | 'place';

export interface Area {
  readonly code: string;
  readonly name: string;
  readonly kind: AreaKind;
  readonly geometry: Geometry;
}

export interface Areas {
  /** By name. */
  readonly all: () => Promise<readonly Area[]>;
  readonly shapes: () => Promise<readonly { readonly area: Area; readonly shape: Shape }[]>;
  /** Stores all or nothing. */
  readonly save: (areas: readonly Area[]) => Promise<{ readonly changed: number }>;
}

/** Degrees: some 200 m, which no map of a region shows. */
const tolerance = 0.002;

/** With fewer points and digits, for display. Rings that become too small for it are left out, the largest never. */
export function simpler(geometry: Geometry): Geometry {
  const ring = (points: readonly Position[]): Position[] => {
    const plain = points.map(([x, y]) => [x, y] as const);
    const middle = Math.floor(plain.length / 2);
    // A ring ends where it began: two halves, each of which has a length.
    const kept = [
      ...simplify(plain.slice(0, middle + 1), tolerance),
      ...simplify(plain.slice(middle), tolerance).slice(1),
    ];
    return kept.map(([x, y]) => [Math.round(x * 10_000) / 10_000, Math.round(y * 10_000) / 10_000]);
  };
  const polygon = (rings: readonly (readonly Position[])[]): Position[][] =>
    rings.map(ring).filter((points) => points.length > 3);
  if (geometry.type === 'Polygon') {
    const rings = polygon(geometry.coordinates);
    return rings.length > 0 ? { type: 'Polygon', coordinates: rings } : geometry;
  }
  if (geometry.type !== 'MultiPolygon') return geometry;
  const polygons = geometry.coordinates.map(polygon).filter((rings) => rings.length > 0);
  return polygons.length > 0 ? { type: 'MultiPolygon', coordinates: polygons } : geometry;
}

/** The area of a kind that a place lies in. */
export const areaAt = (
  shapes: Awaited<ReturnType<Areas['shapes']>>,
  kind: AreaKind,
  at: Place,
): Area | undefined => shapes.find(({ area, shape }) => area.kind === kind && isWithin(shape, at))?.area;

export function openAreas(database: Pick<Database, 'pool' | 'steady'>): Areas {
  let held:
    | { version: string; all: readonly Area[]; shapes: Awaited<ReturnType<Areas['shapes']>> }
    | undefined;
  const current = async () => {
    const [row] = await database.steady`
      select count(*)::text || ' ' || coalesce(max(xmin::text::int8), 0)::text as version from line_area`;
    const version = String(row?.['version']);
    if (held?.version === version) return held;
    const rows = await database.pool<Area[]>`select code, name, kind, geometry from line_area order by name`;
    const all = rows.map(({ code, name, kind, geometry }) => ({ code, name, kind, geometry }));
    held = { version, all, shapes: all.map((area) => ({ area, shape: shapeOf(area.geometry) })) };
    return held;
  };
  return {
    all: async () => (await current()).all,
    shapes: async () => (await current()).shapes,
    save: async (areas) => {
      const rows = JSON.stringify(areas.map((area) => ({ ...area, geometry: simpler(area.geometry) })));
      const changed = await inTransaction(
        database,
        (sql) => sql`
          insert into line_area (code, name, kind, geometry)
          select code, name, kind, geometry from json_populate_recordset(null::line_area, ${rows}::text::json)
          on conflict (code) do update set name = excluded.name, kind = excluded.kind, geometry = excluded.geometry
          where (line_area.name, line_area.kind, line_area.geometry)
            is distinct from (excluded.name, excluded.kind, excluded.geometry)
          returning 1`,
      );
      return { changed: changed.length };
    },
  };
}

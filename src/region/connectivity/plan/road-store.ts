/** Road maps that were imported, kept compressed. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Database } from '../../../platform/database.ts';
import type { RoadMap } from './road-map.ts';

export interface KeptRoads {
  readonly id: string;
  readonly name: string;
  readonly stretches: number;
  readonly kilometres: number;
  readonly added: number;
  readonly addedBy: string;
}

export interface RoadStore {
  /** Newest first. */
  readonly list: () => Promise<readonly KeptRoads[]>;
  readonly find: (id: string) => Promise<RoadMap | undefined>;
  /** Nothing is done where it is there already. */
  readonly add: (map: RoadMap, about: Pick<KeptRoads, 'id' | 'added' | 'addedBy'>) => Promise<void>;
}

interface Packed {
  readonly name: string;
  readonly longitude: readonly number[];
  readonly latitude: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly metres: readonly number[];
  readonly ground: readonly number[];
  readonly network: readonly number[];
}

const arrays = ['longitude', 'latitude', 'from', 'to', 'metres', 'ground', 'network'] as const;

export function roadStore({ pool }: Pick<Database, 'pool'>): RoadStore {
  return {
    async list() {
      const rows = await pool`
        select id, name, stretches, kilometres, added, added_by from line_road_map order by added desc, id limit 100`;
      return rows.map((row) => ({
        ...{ id: row['id'], name: row['name'], stretches: row['stretches'], kilometres: row['kilometres'] },
        ...{ added: Number(row['added']), addedBy: row['added_by'] },
      }));
    },
    async find(id) {
      if (!/^[0-9a-f-]{36}$/i.test(id)) return undefined;
      const [row] = await pool<{ map: Buffer }[]>`select map from line_road_map where id = ${id}`;
      if (!row) return undefined;
      const packed: Packed = JSON.parse((await promisify(gunzip)(row.map)).toString('utf8'));
      return {
        name: packed.name,
        longitude: Float64Array.from(packed.longitude),
        latitude: Float64Array.from(packed.latitude),
        from: Int32Array.from(packed.from),
        to: Int32Array.from(packed.to),
        metres: Float64Array.from(packed.metres),
        ground: Uint8Array.from(packed.ground),
        network: Int32Array.from(packed.network),
      };
    },
    async add(map, { id, added, addedBy }) {
      const packed = { name: map.name, ...Object.fromEntries(arrays.map((key) => [key, [...map[key]]])) };
      const text = await promisify(gzip)(Buffer.from(JSON.stringify(packed)));
      const kilometres = map.metres.reduce((x, y) => x + y, 0) / 1000;
      await pool`
        insert into line_road_map (id, name, stretches, kilometres, map, added, added_by)
        values (${id}, ${map.name}, ${map.metres.length}, ${kilometres}, ${text}, ${added}, ${addedBy})
        on conflict (id) do nothing`;
    },
  };
}

/** The register as files: the same columns that are read, so that what goes out can come in again. */
import { csvLine } from '../../../../web/tables/csv.ts';
import type { Whole } from '../store.ts';
import {
  type Cells,
  cellsOfCircuit,
  cellsOfProvider,
  cellsOfSite,
  circuitColumns,
  providerColumns,
  siteColumns,
} from './columns.ts';

/** Written as numbers: a minus sign is no formula. */
const numbers: readonly string[] = ['latitude', 'longitude'];

function* csvOf(columns: readonly string[], rows: Iterable<Cells>): Generator<string> {
  yield csvLine(columns);
  for (const row of rows)
    yield csvLine(
      columns.map((column) => {
        const cell = row[column] ?? '';
        return numbers.includes(column) && cell !== '' ? Number(cell) : cell;
      }),
    );
}

export type Exported = 'sites' | 'lines' | 'providers';

/** Lines of a CSV file. */
export const exportCsv = (what: Exported, { sitesByName, circuits, providers }: Whole): Generator<string> =>
  what === 'sites'
    ? csvOf(siteColumns, sitesByName.values().map(cellsOfSite))
    : what === 'lines'
      ? csvOf(circuitColumns, circuits.values().map(cellsOfCircuit))
      : csvOf(providerColumns, providers.values().map(cellsOfProvider));

/** Sites as GeoJSON (RFC 7946), piece by piece; one without a position has no geometry. */
export function* exportGeoJson({ sitesByName }: Whole): Generator<string> {
  yield '{"type":"FeatureCollection","features":[';
  let between = '';
  for (const site of sitesByName) {
    const { latitude: _latitude, longitude: _longitude, ...cells } = cellsOfSite(site);
    const properties = Object.fromEntries(Object.entries(cells).filter(([, value]) => value !== ''));
    const geometry = site.at ? { type: 'Point', coordinates: [site.at.longitude, site.at.latitude] } : null;
    yield `${between}${JSON.stringify({ type: 'Feature', geometry, properties })}`;
    between = ',\n';
  }
  yield ']}\n';
}

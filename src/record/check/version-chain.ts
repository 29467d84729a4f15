/** One version as its row tells it. */
export interface VersionRow {
  readonly type: number;
  readonly id: string;
  readonly version: number;
  readonly updated: number;
  /** Beginning of its body; undefined: a deletion. */
  readonly head: string | undefined;
}

export const chainTitles = {
  gaps: 'Resources whose versions have gaps',
  order: 'Resources whose versions do not follow each other in time',
  names: 'Resources that have versions of another type or id',
  meta: 'Bodies whose type, id, versionId or lastUpdated differ from their columns',
} as const;

const head =
  /^\{"resourceType":"([A-Za-z]+)","id":"([^"]+)","meta":\{"versionId":"(\d+)","lastUpdated":"([^"]+)"/;

/** What is wrong with all the versions of one resource, `Type/id`, in any order. */
export function checkVersions(name: string, versions: readonly VersionRow[]): string[] {
  const wrong = new Set<string>();
  const sorted = [...versions].sort((a, b) => a.version - b.version);
  sorted.forEach((one, i) => {
    if (one.version !== i + 1) wrong.add(chainTitles.gaps);
    const before = sorted[i - 1];
    if (before && before.updated >= one.updated) wrong.add(chainTitles.order);
    if (one.type !== sorted[0]?.type || one.id !== sorted[0]?.id) wrong.add(chainTitles.names);
    if (one.head === undefined) return;
    const [, type, id, version, updated] = head.exec(one.head) ?? [];
    const same =
      `${type}/${id}` === name &&
      Number(version) === one.version &&
      Date.parse(updated ?? '') === one.updated;
    if (!same) wrong.add(chainTitles.meta);
  });
  return [...wrong];
}

/** What a link that someone shares shows: less than its owner sees, and never what is kept back. */
import type { Limits } from '../../record/sight.ts';
import { typesIn } from '../resource-groups.ts';
import { roles } from '../roles.ts';
import { confidential } from '../security-labels.ts';

/** Searches by type: a type named is shown only where one of them finds the resource. */
export type ShareBounds = Readonly<Record<string, readonly string[]>>;

/**
 * Types of one person's record, to be read alone. Entries that are sensitive, that the person keeps back from everyone, or
 * from links, and that their team wants to tell them of first, are not shown.
 */
export function shareSight(patient: string, types: readonly string[], bounds: ShareBounds = {}): Limits {
  const own: readonly string[] = typesIn(roles.patient.sees, 'person');
  const shown = ['Patient', ...types].filter((type) => own.includes(type));
  const only = Object.fromEntries(Object.entries(bounds).filter(([type]) => shown.includes(type)));
  return {
    grants: [
      {
        ...{ types: [...new Set(shown)], writes: [], of: { kind: 'persons', ids: [patient] } },
        withheld: [...new Set([...roles.patient.withheld, ...confidential])],
        consent: { parties: ['kind:share-link'], use: 'care' },
        ...(Object.keys(only).length > 0 ? { only } : {}),
      },
      {
        ...{ types: typesIn(['directory', 'dictionary'], 'nobody'), writes: [] },
        ...{ of: { kind: 'nobody' }, withheld: [] },
      },
    ],
  };
}

/** What a Reference may point at. Source: FHIR R4 ElementDefinition.type.targetProfile. */
import { typeDefinition } from '../definitions.ts';
import { resolveReference } from '../path/references.ts';
import { shown } from '../validation/walk.ts';
import { isObject } from './compare-values.ts';
import type { Compiling, ItemCheck } from './compiling.ts';
import { itemOf } from './element-items.ts';
import type { ElementNode } from './element-tree.ts';
import { holdsQuietly, tell } from './told-faults.ts';

const standardType = /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/([A-Za-z]+)$/;

/** The resource type that a canonical of a profile or type stands for; undefined where that is not known. */
export function typeOfProfile(url: string, { typeOf }: Pick<Compiling, 'typeOf'>): string | undefined {
  const plain = url.split('|')[0] ?? url;
  const named = standardType.exec(plain)?.[1];
  return named !== undefined && typeDefinition(named) ? named : typeOf(plain);
}

/** By type; and, where the target is contained here, by profile. */
export function referenceCheck({ id, rules }: ElementNode, compiling: Compiling): ItemCheck | undefined {
  const references = (rules.type ?? []).filter(({ code }) => code === 'Reference' || code === 'canonical');
  if (references.length === 0 || references.some(({ targetProfile }) => !targetProfile)) return undefined;
  const profiles = references.flatMap(({ targetProfile = [] }) => targetProfile);
  const types = new Set<string>();
  for (const profile of profiles) {
    const type = typeOfProfile(profile, compiling);
    if (type === undefined || type === 'Resource') return undefined; // it may be of any type
    types.add(type);
  }
  const listed = [...types].join(', ').replace(/, ([^,]*)$/, ' or $1');
  return ({ value }, walk) => {
    // References alone: a canonical's text does not tell the type of its target.
    if (!isObject(value)) return;
    const target = resolveReference(value, walk.rootResource);
    if (!isObject(target)) return;
    const type = String(target['resourceType']);
    const reference = value['reference'];
    if (!types.has(type)) {
      tell(walk, compiling.source, `${id} target`, {
        kind: 'structure',
        message: `This may point at ${listed}, not at ${type}.`,
      });
      return;
    }
    if (typeof reference !== 'string' || !reference.startsWith('#')) return;
    const apt = profiles.filter((profile) => typeOfProfile(profile, compiling) === type);
    const checks = apt.map((profile) => compiling.checkOf(profile.split('|')[0] ?? profile));
    if (checks.includes(undefined)) return;
    const outer = walk.resource;
    walk.resource = target;
    const held = checks.some((check) => check && holdsQuietly(walk, (quiet) => check(itemOf(target), quiet)));
    walk.resource = outer;
    if (!held)
      tell(walk, compiling.source, `${id} target profile`, {
        kind: 'structure',
        message: `${shown(reference)} points at a ${type} that does not fulfil ${apt.join(' or ')}.`,
      });
  };
}

/**
 * What a guide says of parts of a resource wherever they stand: extensions by their own definitions, and the profiles that
 * the resource and those within it claim. One walk over the whole.
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { typeDefinition } from '../definitions.ts';
import { isResourceType } from '../resource-types.ts';
import type { Members, Walk } from '../validation/walk.ts';
import { isObject } from './compare-values.ts';
import type { ItemCheck } from './compiling.ts';
import { itemOf } from './element-items.ts';
import { mayStand, type Place } from './extension-places.ts';
import { type Source, tell } from './told-faults.ts';

export interface KnownExtension {
  readonly source: Source;
  readonly definition: StructureDefinition;
  readonly isModifier: boolean;
  readonly check: ItemCheck;
}

export interface ContentRules {
  readonly extension: (url: string) => KnownExtension | undefined;
  /** Checks a resource against what it claims in meta.profile. */
  readonly claims: (resource: Members, walk: Walk) => void;
}

/** Checks a resource that stands at the place of the walk. */
export function checkContent(resource: Members, walk: Walk, rules: ContentRules): void {
  const type = resource['resourceType'];
  if (!isResourceType(type)) return;
  rules.claims(resource, walk);
  checkMembers(resource, { type, path: type, own: type }, walk, rules);
}

function checkMembers(owner: Members, place: Place, walk: Walk, rules: ContentRules): void {
  const { names, indexes } = walk;
  walk.depth += 1;
  const { depth } = walk;
  for (const written in owner) {
    const value = owner[written];
    if (typeof value !== 'object' || value === null) continue;
    const name = written.charCodeAt(0) === 0x5f ? written.slice(1) : written;
    const element = elementOf(place.type, name);
    const plain = element?.plain ?? name;
    const inner: Place = {
      type: element?.type,
      path: `${place.path}.${plain}`,
      own: `${element?.owner ?? place.type}.${plain}`,
    };
    names[depth] = plain;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const [i, item] of list.entries()) {
      if (!isObject(item)) continue;
      indexes[depth] = Array.isArray(value) ? i : -1;
      if (name === 'extension' || name === 'modifierExtension')
        checkExtension(item, name, place, walk, rules);
      else if (typeof item['resourceType'] === 'string') checkInner(item, name, walk, rules);
      else checkMembers(item, inner, walk, rules);
    }
    indexes[depth] = -1;
  }
  walk.depth = depth - 1;
}

function checkInner(resource: Members, name: string, walk: Walk, rules: ContentRules): void {
  const { resource: outer, rootResource } = walk;
  walk.resource = resource;
  if (name !== 'contained') walk.rootResource = resource;
  checkContent(resource, walk, rules);
  walk.resource = outer;
  walk.rootResource = rootResource;
}

function checkExtension(item: Members, name: string, around: Place, walk: Walk, rules: ContentRules): void {
  const url = item['url'];
  const known = typeof url === 'string' ? rules.extension(url) : undefined;
  if (known) {
    const { source, definition, isModifier, check } = known;
    if (isModifier !== (name === 'modifierExtension'))
      tell(walk, source, 'modifier', {
        kind: 'structure',
        message: isModifier
          ? 'This extension changes the meaning of what holds it, so it is written in modifierExtension.'
          : 'This extension does not change the meaning of what holds it, so it is written in extension.',
      });
    if (!mayStand(definition, around))
      tell(walk, source, 'context', {
        kind: 'structure',
        message: `This extension may not stand on ${around.path}: it is for ${(definition.context ?? []).map(({ expression }) => expression).join(', ')}.`,
      });
    check(itemOf(item), walk);
  }
  const place: Place = {
    ...{ type: 'Extension', path: `${around.path}.${name}`, own: `${around.type}.${name}` },
    ...(typeof url === 'string' ? { extension: url } : {}),
  };
  checkMembers(item, place, walk, rules);
}

interface Found {
  readonly type: string | undefined;
  /** Without the type of a choice. */
  readonly plain: string;
  /** The type that declares it: `DomainResource` for `extension`. */
  readonly owner: string;
}

const found = new Map<string, Map<string, Found>>();

function elementOf(type: string | undefined, name: string): Found | undefined {
  if (type === undefined) return undefined;
  let names = found.get(type);
  if (!names) {
    names = new Map();
    for (let at: string | undefined = type; at !== undefined; at = typeDefinition(at)?.base)
      for (const [element, { types }] of Object.entries(typeDefinition(at)?.elements ?? {})) {
        const plain = element.replace(/\[x\]$/, '');
        for (const of of types) {
          const written = plain === element ? element : plain + of.charAt(0).toUpperCase() + of.slice(1);
          names.set(written, { type: of, plain, owner: type });
        }
      }
    found.set(type, names);
  }
  return names.get(name);
}

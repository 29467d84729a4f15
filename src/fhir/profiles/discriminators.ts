/**
 * What tells a slice apart: compiled from the discriminators of the slicing and what the slice says at their paths.
 * Source: FHIR R4 ElementDefinition.slicing.discriminator.
 */
import type { ElementDefinitionSlicingDiscriminator } from '@medplum/fhirtypes';
import { resolveReference } from '../path/references.ts';
import type { Walk } from '../validation/walk.ts';
import { isBound } from './check-binding.ts';
import { typeOfProfile } from './check-reference.ts';
import { fitsPattern, isObject, sameValue } from './compare-values.ts';
import type { Compiling } from './compiling.ts';
import { type Item, isSuffixOf, itemOf, itemsOf } from './element-items.ts';
import { choiceIn, type ElementNode } from './element-tree.ts';
import { holdsQuietly } from './told-faults.ts';

export type Matcher = (item: Item, walk: Walk) => boolean;

/** Undefined where none of the discriminators tells. */
export function matcherOf(
  slice: ElementNode,
  discriminators: readonly ElementDefinitionSlicingDiscriminator[],
  compiling: Compiling,
): Matcher | undefined {
  const matchers = discriminators
    .map(({ type, path = '$this' }) => {
      const steps = stepsOf(path);
      return steps && compileOne(slice, type ?? 'value', steps, compiling);
    })
    .filter((matcher) => matcher !== undefined);
  if (matchers.length === 0) return undefined;
  return (item, walk) => matchers.every((matches) => matches(item, walk));
}

type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'type'; readonly type: string };

const step =
  /\.?(?:(resolve)\(\)|extension\('([^']*)'\)|(?:ofType|as)\((?:FHIR\.)?(\w+)\)|(\$this)|(\w+)(?:\[x\])?)/y;

/** The restricted FHIRPath that discriminators may use; undefined for more than that. */
function stepsOf(path: string): Step[] | undefined {
  const steps: Step[] = [];
  step.lastIndex = 0;
  for (let at = 0; at < path.length; at = step.lastIndex) {
    step.lastIndex = at;
    const found = step.exec(path);
    if (!found) return undefined;
    const [, resolve, url, type, , name] = found;
    if (resolve) steps.push({ kind: 'resolve' });
    else if (url !== undefined) steps.push({ kind: 'extension', url });
    else if (type !== undefined) steps.push({ kind: 'type', type });
    else if (name !== undefined) steps.push({ kind: 'member', name });
  }
  return steps;
}

const extensions = [itemsOf('extension'), itemsOf('modifierExtension')];

/** What of an item stands at the path. */
function valuesAt(item: Item, steps: readonly Step[], walk: Walk): Item[] {
  let items = [item];
  for (const one of steps) items = items.flatMap((each) => follow(each, one, walk));
  return items;
}

const readers = new Map<string, (owner: Item) => readonly Item[]>();
function reader(name: string): (owner: Item) => readonly Item[] {
  let read = readers.get(name);
  if (!read) {
    const plain = itemsOf(name);
    const choice = itemsOf(`${name}[x]`);
    read = (owner) => {
      const found = plain(owner);
      return found.length > 0 ? found : choice(owner);
    };
    readers.set(name, read);
  }
  return read;
}

function follow(item: Item, one: Step, walk: Walk): readonly Item[] {
  switch (one.kind) {
    case 'member':
      return reader(one.name)(item);
    case 'extension':
      return extensions.flatMap((read) =>
        read(item).filter(({ value }) => isObject(value) && value['url'] === one.url),
      );
    case 'resolve': {
      const target = resolveReference(item.value, walk.rootResource);
      return target === undefined ? [] : [itemOf(target)];
    }
    case 'type':
      return isOfType(item, one.type) === false ? [] : [item];
  }
}

/** Undefined where that cannot be told: of an element with one type. */
function isOfType({ value, suffix }: Item, type: string): boolean | undefined {
  if (suffix !== undefined) return isSuffixOf(suffix, type);
  const own = isObject(value) ? value['resourceType'] : undefined;
  return typeof own === 'string' ? own === type || type === 'Resource' : undefined;
}

/** What a slice says at a path: a node of the tree, or the part of a fixed value or pattern that stands there. */
interface Said {
  readonly nodes: readonly ElementNode[];
  readonly given: { readonly value: unknown; readonly exact: boolean } | undefined;
}

function saidAt(slice: ElementNode, steps: readonly Step[], compiling: Compiling): Said {
  let said: Said = { nodes: [slice], given: givenBy(slice) };
  for (const one of steps) {
    const nodes = said.nodes.flatMap((node) => below(node, one, compiling));
    const inherited = one.kind === 'member' ? partOf(said.given, one.name) : said.given;
    said = { nodes, given: nodes.map(givenBy).find((given) => given) ?? inherited };
  }
  return said;
}

function givenBy({ rules }: ElementNode): Said['given'] {
  const fixed = choiceIn(rules, 'fixed');
  if (fixed !== undefined) return { value: fixed, exact: true };
  const pattern = choiceIn(rules, 'pattern');
  return pattern === undefined ? undefined : { value: pattern, exact: false };
}

function partOf(given: Said['given'], name: string): Said['given'] {
  if (!given) return undefined;
  const held = Array.isArray(given.value) ? given.value[0] : given.value;
  const part = isObject(held) ? held[name] : undefined;
  if (part === undefined) return undefined;
  return { value: Array.isArray(part) && part.length === 1 ? part[0] : part, exact: given.exact };
}

/** What a slice that must be there says is said of the whole. */
const isNeeded = ({ rules }: ElementNode): boolean => (rules.min ?? 0) > 0;

function below(node: ElementNode, one: Step, compiling: Compiling): ElementNode[] {
  const profiles = (node.rules.type ?? []).flatMap(({ profile = [] }) => profile);
  const trees = profiles.flatMap((url) => compiling.treeOf(url.split('|')[0] ?? url) ?? []);
  switch (one.kind) {
    case 'member': {
      const own = node.children.get(one.name) ?? node.children.get(`${one.name}[x]`);
      if (own) return [own, ...[...own.slices.values()].filter(isNeeded)];
      return trees.flatMap((tree) => below(tree, one, compiling));
    }
    case 'extension':
      return [node, ...trees].flatMap((tree) =>
        ['extension', 'modifierExtension'].flatMap((name) =>
          [...(tree.children.get(name)?.slices.values() ?? [])].filter((slice) => urlOf(slice) === one.url),
        ),
      );
    case 'resolve':
      return [node];
    case 'type': {
      const slices = [...node.slices.values()].filter((slice) =>
        slice.rules.type?.some(({ code }) => code === one.type),
      );
      return slices.length > 0 ? slices : [node];
    }
  }
}

/** The URL of a slice of extensions: fixed, or that of its profile. */
export function urlOf(slice: ElementNode): string | undefined {
  const fixed = choiceIn(slice.children.get('url')?.rules ?? {}, 'fixed');
  if (typeof fixed === 'string') return fixed;
  const profile = slice.rules.type?.find(({ code }) => code === 'Extension')?.profile?.[0];
  return profile?.split('|')[0];
}

function compileOne(
  slice: ElementNode,
  type: string,
  steps: readonly Step[],
  compiling: Compiling,
): Matcher | undefined {
  const [only] = steps;
  if (only?.kind === 'member' && only.name === 'url' && steps.length === 1) {
    const url = urlOf(slice);
    if (url !== undefined) return ({ value }) => isObject(value) && value['url'] === url;
  }
  const said = saidAt(slice, steps, compiling);
  switch (type) {
    case 'exists':
      return byExistence(said, steps);
    case 'type':
      return byType(said, steps, compiling);
    case 'profile':
      return byProfile(said, steps, compiling);
    default:
      return byValue(said, steps, compiling);
  }
}

function byValue({ nodes, given }: Said, steps: readonly Step[], compiling: Compiling): Matcher | undefined {
  if (given) {
    const fits = given.exact ? sameValue : fitsPattern;
    return (item, walk) => valuesAt(item, steps, walk).some(({ value }) => fits(value, given.value));
  }
  const telling = nodes.filter((node) => tells(node));
  if (telling.length === 0) return undefined;
  const checks = telling.map((node) => ({ node, check: compiling.compile(withoutAdvice(node)) }));
  return (item, walk) =>
    valuesAt(item, steps, walk).some((found) =>
      checks.every(
        ({ node, check }) =>
          isBound(node.rules, found, compiling) !== 'out' &&
          holdsQuietly(walk, (quiet) => check(found, quiet)),
      ),
    );
}

/** A slice may be told by a value set of any strength, so this is asked by itself. */
function withoutAdvice(node: ElementNode): ElementNode {
  const { binding: _, ...rules } = node.rules;
  return { ...node, rules };
}

/** Whether a node says anything by which values differ. */
function tells(node: ElementNode): boolean {
  return (
    givenBy(node) !== undefined ||
    node.rules.binding?.valueSet !== undefined ||
    (node.rules.min ?? 0) > 0 ||
    [...node.children.values(), ...node.slices.values()].some(tells)
  );
}

function byExistence({ nodes }: Said, steps: readonly Step[]): Matcher | undefined {
  const [node] = nodes;
  if (!node) return undefined;
  if (node.rules.max === '0') return (item, walk) => valuesAt(item, steps, walk).length === 0;
  if ((node.rules.min ?? 0) > 0) return (item, walk) => valuesAt(item, steps, walk).length > 0;
  return undefined;
}

function byType({ nodes }: Said, steps: readonly Step[], compiling: Compiling): Matcher | undefined {
  const types = nodes.flatMap(({ rules }) => rules.type ?? []);
  const resolved = steps.at(-1)?.kind === 'resolve';
  const wanted = resolved
    ? types.flatMap(({ targetProfile = [] }) =>
        targetProfile.flatMap((url) => typeOfProfile(url, compiling) ?? []),
      )
    : types.map(({ code = '' }) => code);
  if (wanted.length === 0) return undefined;
  return (item, walk) =>
    valuesAt(item, steps, walk).some((found) => wanted.some((type) => isOfType(found, type) !== false));
}

function byProfile({ nodes }: Said, steps: readonly Step[], compiling: Compiling): Matcher | undefined {
  const types = nodes.flatMap(({ rules }) => rules.type ?? []);
  const resolved = steps.at(-1)?.kind === 'resolve';
  const wanted = types.flatMap(({ profile = [], targetProfile = [] }) =>
    resolved ? targetProfile : profile,
  );
  if (wanted.length === 0) return undefined;
  return (item, walk) =>
    valuesAt(item, steps, walk).some((found) =>
      wanted.some((url) => {
        const type = typeOfProfile(url, compiling);
        if (type !== undefined && isOfType(found, type) === false) return false;
        // Of what a reference points at elsewhere only the type is known.
        if (isObject(found.value) && Object.keys(found.value).length === 1) return true;
        const check = compiling.checkOf(url.split('|')[0] ?? url);
        return !check || holdsQuietly(walk, (quiet) => check(found, quiet));
      }),
    );
}

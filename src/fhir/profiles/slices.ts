/**
 * Slices: which of an element's occurrences belong to which slice, how many there may be, in what order, and what is
 * asked of each. Source: FHIR R4 Profiling FHIR (slicing, discriminators).
 */
import type { ElementDefinitionSlicing } from '@medplum/fhirtypes';
import type { Walk } from '../validation/walk.ts';
import type { Compiling, ItemCheck } from './compiling.ts';
import { type Matcher, matcherOf } from './discriminators.ts';
import type { Item } from './element-items.ts';
import { asks, type ElementNode } from './element-tree.ts';
import { tell } from './told-faults.ts';

/** Checks the slices of all that stands at an element. */
export type Sliced = (items: readonly Item[], walk: Walk) => void;

interface Slice {
  readonly node: ElementNode;
  readonly matches: Matcher;
  readonly check: ItemCheck;
  readonly within: Sliced | undefined;
  readonly least: number;
  readonly most: number;
}

/** Undefined where the element has no slices. */
export function slicingOf(node: ElementNode, compiling: Compiling): Sliced | undefined {
  if (node.slices.size === 0) return undefined;
  const slicing = node.rules.slicing ?? node.like?.rules.slicing ?? implied(node);
  if (!slicing) {
    compiling.note(`The slices of ${node.id} are not checked: nothing says what tells them apart.`);
    return undefined;
  }
  const slices = [...node.slices.values()].flatMap((slice) => compileSlice(slice, slicing, compiling));
  return (items, walk) => check(node, slicing, slices, items, walk, compiling);
}

/** R4 itself slices extensions by their URL, and a choice by its type. */
function implied({ name }: ElementNode): ElementDefinitionSlicing | undefined {
  const by = (type: 'value' | 'type', path: string): ElementDefinitionSlicing => ({
    discriminator: [{ type, path }],
    rules: 'open',
  });
  if (name === 'extension' || name === 'modifierExtension') return by('value', 'url');
  return name.endsWith('[x]') ? by('type', '$this') : undefined;
}

function compileSlice(node: ElementNode, slicing: ElementDefinitionSlicing, compiling: Compiling): Slice[] {
  const told = slicing.discriminator ?? [];
  const matches = matcherOf(node, told, compiling) ?? (node.like && matcherOf(node.like, told, compiling));
  if (!matches && !asks(node)) return [];
  if (!matches) {
    compiling.note(`The slice ${node.id} is not checked: what tells it apart cannot be worked out.`);
    return [];
  }
  const { min = 0, max = '*' } = node.rules;
  return [
    {
      ...{ node, matches, check: compiling.compile(node), within: slicingOf(node, compiling) },
      least: min,
      most: max === '*' ? Number.POSITIVE_INFINITY : Number(max),
    },
  ];
}

function check(
  { id }: ElementNode,
  slicing: ElementDefinitionSlicing,
  slices: readonly Slice[],
  items: readonly Item[],
  walk: Walk,
  { source }: Compiling,
): void {
  const { depth, indexes } = walk;
  const sorted = slices.map((): Item[] => []);
  let lastPlace = 0;
  let unmatched = false;
  for (const item of items) {
    indexes[depth] = item.index;
    const place = slices.findIndex(({ matches }) => matches(item, walk));
    if (place < 0) {
      unmatched = true;
      if (slicing.rules === 'closed')
        tell(walk, source, `${id} slicing closed`, {
          kind: 'structure',
          message: `This is none of what may be given here: ${slices.map(({ node }) => node.name).join(', ')}.`,
        });
      continue;
    }
    if (slicing.rules === 'openAtEnd' && unmatched)
      tell(walk, source, `${id} slicing openAtEnd`, {
        kind: 'structure',
        message: `${slices[place]?.node.name} comes before what the profile does not name.`,
      });
    if (slicing.ordered === true && place < lastPlace)
      tell(walk, source, `${id} slicing order`, {
        kind: 'structure',
        message: `${slices[place]?.node.name} comes before ${slices[lastPlace]?.node.name}.`,
      });
    lastPlace = Math.max(lastPlace, place);
    sorted[place]?.push(item);
    slices[place]?.check(item, walk);
  }
  indexes[depth] = -1;
  slices.forEach(({ node, least, most, within }, i) => {
    const mine = sorted[i] ?? [];
    if (mine.length < least)
      tell(walk, source, `${node.id} min`, {
        kind: 'required',
        message: `${least === 1 ? 'One' : `At least ${least}`} that is the ${node.name} ${least === 1 ? 'is' : 'are'} required here; there ${mine.length === 1 ? 'is' : 'are'} ${mine.length === 0 ? 'none' : mine.length}.`,
      });
    else if (mine.length > most)
      tell(walk, source, `${node.id} max`, {
        kind: 'structure',
        message:
          most === 0
            ? `The ${node.name} may not be given here.`
            : `At most ${most} may be the ${node.name}; there are ${mine.length}.`,
      });
    within?.(mine, walk);
  });
}

/**
 * An element of a profile made into closures, once: what is asked of each occurrence, and of those below it. The standard
 * itself is checked before, so only what the profile adds is asked. Source: FHIR R4 ElementDefinition, Profiling FHIR.
 */
import { shown } from '../validation/walk.ts';
import { bindingCheck } from './check-binding.ts';
import { invariantChecks } from './check-invariants.ts';
import { limitChecks } from './check-limits.ts';
import { referenceCheck } from './check-reference.ts';
import { fitsPattern, sameValue } from './compare-values.ts';
import type { Compiling, ItemCheck } from './compiling.ts';
import { isSuffixOf, itemsOf } from './element-items.ts';
import { choiceIn, type ElementNode } from './element-tree.ts';
import { slicingOf } from './slices.ts';
import { holdsQuietly, tell } from './told-faults.ts';

export function compileElement(node: ElementNode, compiling: Compiling): ItemCheck {
  return oneOf(checksOf(node, compiling));
}

function checksOf(node: ElementNode, compiling: Compiling): readonly ItemCheck[] {
  return [
    ...valueChecks(node, compiling),
    ...[...node.children.values()].flatMap((child) => compileChild(child, compiling) ?? []),
  ];
}

function oneOf(checks: readonly ItemCheck[]): ItemCheck {
  const [only] = checks;
  if (checks.length === 1 && only) return only;
  return (item, walk) => {
    for (const check of checks) check(item, walk);
  };
}

/** What is asked of a value itself. */
function valueChecks(node: ElementNode, compiling: Compiling): ItemCheck[] {
  const checks: (ItemCheck | undefined)[] = [
    typeCheck(node, compiling),
    fixedCheck(node, compiling),
    bindingCheck(node, compiling),
    referenceCheck(node, compiling),
    ...limitChecks(node, compiling),
    ...invariantChecks(node, compiling),
  ];
  return checks.filter((check) => check !== undefined);
}

function fixedCheck({ id, rules }: ElementNode, { source }: Compiling): ItemCheck | undefined {
  const fixed = choiceIn(rules, 'fixed');
  const pattern = choiceIn(rules, 'pattern');
  if (fixed === undefined && pattern === undefined) return undefined;
  const wanted = fixed ?? pattern;
  const fits = fixed === undefined ? fitsPattern : sameValue;
  const written = typeof wanted === 'object' ? JSON.stringify(wanted) : shown(wanted);
  const said = fixed === undefined ? `Expected a value with ${written}` : `Expected ${written}`;
  return (item, walk) => {
    if (fits(item.value, wanted)) return;
    const found = typeof item.value === 'object' ? '' : `, found ${shown(item.value)}`;
    tell(walk, source, `${id} ${fixed === undefined ? 'pattern' : 'fixed'}`, {
      kind: 'value',
      message: `${said}${found}.`,
    });
  };
}

function typeCheck({ id, name, rules }: ElementNode, compiling: Compiling): ItemCheck | undefined {
  const { source } = compiling;
  const types = (rules.type ?? []).map(({ code = '', profile }) => ({
    code,
    profiles: (profile ?? []).map((url) => url.split('|')[0] ?? url),
  }));
  if (types.length === 0) return undefined;
  // The profiles of extensions are checked wherever the extension stands: see check-content.ts.
  const profiled = types.some(({ code, profiles }) => code !== 'Extension' && profiles.length > 0);
  const choice = name.endsWith('[x]') || types.length > 1;
  const isResource =
    types.every(({ code }) => /^[A-Z]/.test(code)) && !choice && types[0]?.code !== 'Resource';
  if (!profiled && !choice && !isResource) return undefined;
  const listed = types.map(({ code }) => code).join(' or ');
  return (item, walk) => {
    const { suffix } = item;
    const own = (item.value as { resourceType?: unknown } | undefined)?.resourceType;
    const mine =
      suffix !== undefined
        ? types.filter(({ code }) => isSuffixOf(suffix, code))
        : typeof own === 'string'
          ? types.filter(({ code }) => code === own || code === 'Resource' || code === 'DomainResource')
          : types;
    if (mine.length === 0) {
      tell(walk, source, `${id} type`, {
        kind: 'structure',
        message: `Expected ${listed}, found ${suffix ?? String(own)}.`,
      });
      return;
    }
    if (!profiled) return;
    const wanted = mine.flatMap(({ profiles }) => profiles);
    if (mine.some(({ profiles }) => profiles.length === 0)) return;
    const [first, ...others] = wanted.map((url) => compiling.checkOf(url));
    if (!first || others.includes(undefined)) return; // a profile that is not known may well be met
    if (others.length === 0) first(item, walk);
    else if (![first, ...others].some((check) => check && holdsQuietly(walk, (quiet) => check(item, quiet))))
      tell(walk, source, `${id} type`, {
        kind: 'structure',
        message: `Expected something that fulfils one of the profiles ${wanted.join(', ')}.`,
      });
  };
}

/** The check of all that stands at an element of an object: how many, each of them, and its slices. Undefined: asks nothing. */
function compileChild(node: ElementNode, compiling: Compiling): ItemCheck | undefined {
  const { id, name, rules } = node;
  const { source } = compiling;
  const items = itemsOf(name);
  const path = name.replace(/\[x\]$/, '');
  const least = rules.min ?? 0;
  const most = rules.max === undefined || rules.max === '*' ? Number.POSITIVE_INFINITY : Number(rules.max);
  const checks = checksOf(node, compiling);
  const sliced = slicingOf(node, compiling);
  if (least === 0 && most === Number.POSITIVE_INFINITY && checks.length === 0 && !sliced) return undefined;
  const one = oneOf(checks);
  return (owner, walk) => {
    const found = items(owner);
    if (found.length < least)
      tell(walk, source, `${id} min`, {
        kind: 'required',
        message:
          least === 1
            ? `${path} is required here and missing.`
            : `At least ${least} of ${path} are required; there are ${found.length}.`,
        member: path,
      });
    else if (found.length > most)
      tell(walk, source, `${id} max`, {
        kind: 'structure',
        message:
          most === 0
            ? `${path} may not be given here.`
            : `At most ${most} of ${path} may be given; there are ${found.length}.`,
        member: path,
      });
    if (found.length === 0 && !sliced) return;
    walk.depth += 1;
    const { depth, names, indexes } = walk;
    names[depth] = path;
    for (const item of found) {
      indexes[depth] = item.index;
      one(item, walk);
    }
    indexes[depth] = -1;
    sliced?.(found, walk);
    indexes[depth] = -1;
    walk.depth = depth - 1;
  };
}

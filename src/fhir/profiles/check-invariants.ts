/** A profile's own rules, in FHIRPath. Source: FHIR R4 ElementDefinition.constraint. */
import { ruleKeys } from '../definitions.ts';
import { type CompiledInvariant, compileInvariant } from '../path/compile.ts';
import { Primitive } from '../path/nodes.ts';
import { UnsupportedPath } from '../path/syntax.ts';
import type { Compiling, ItemCheck } from './compiling.ts';
import type { ElementNode } from './element-tree.ts';
import { tell } from './told-faults.ts';

/** Of the standard, which snapshots repeat: checked with it. */
const standard = new Set([
  ...ruleKeys(),
  'ele-1',
  'ext-1',
  'txt-1',
  'txt-2',
  'dom-2',
  'dom-3',
  'dom-4',
  'dom-5',
  'dom-6',
  'ref-1',
]);

export function invariantChecks({ id, rules }: ElementNode, compiling: Compiling): ItemCheck[] {
  return (rules.constraint ?? []).flatMap(({ key = '', severity, human = '', expression, source }) => {
    const ofStandard =
      source === undefined || /^http:\/\/hl7\.org\/fhir\/StructureDefinition\/[A-Z]\w*$/.test(source);
    if (expression === undefined || (standard.has(key) && ofStandard)) return [];
    let holds: CompiledInvariant;
    try {
      holds = compileInvariant(expression);
    } catch (error) {
      if (!(error instanceof UnsupportedPath)) throw error;
      compiling.note(`The rule ${key} of ${id} is not checked: ${error.message}`);
      return [];
    }
    const isError = severity !== 'warning';
    const check: ItemCheck = ({ value, extra }, walk) => {
      const node = extra === undefined ? value : new Primitive(value, extra);
      const answer = holds(node, walk.resource, walk.rootResource);
      // Advice that has no answer is not given; a rule must be true.
      if (answer === true || (answer === undefined && !isError)) return;
      tell(walk, compiling.source, key, {
        kind: 'invariant',
        message: human,
        severity: isError ? 'error' : 'warning',
      });
    };
    return [check];
  });
}

/**
 * Red flags that count whatever someone came for. Raise a rule's version with every change to what it says or when it fires: where
 * it was kept with a request, the version says what the person was told.
 */
import { calls111 } from './call-111-rules.ts';
import { departments } from './department-rules.ts';
import { emergencies } from './emergency-rules.ts';
import type { RedFlagRule } from './rule.ts';

export const generalRules: readonly RedFlagRule[] = [
  ...emergencies.map((rule): RedFlagRule => ({ ...rule, advice: 'emergency' })),
  ...departments.map((rule): RedFlagRule => ({ ...rule, advice: 'department' })),
  ...calls111.map((rule): RedFlagRule => ({ ...rule, advice: '111' })),
];

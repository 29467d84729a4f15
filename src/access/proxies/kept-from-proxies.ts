import { confidential } from '../security-labels.ts';
import type { ProxyBasis } from '../sight/age-rules.ts';

/**
 * Labels kept from a proxy besides what is kept from all: what a child, a young person or someone who cannot decide told
 * their clinician in confidence. An adult who agreed shows what they have not kept back themself. Source: RCGP, Children
 * and young people records access; Mental Capacity Act 2005, s. 1(6) (the less restrictive way).
 */
export const keptFromProxy = (basis: ProxyBasis): readonly string[] =>
  basis === 'own-consent' ? [] : confidential;

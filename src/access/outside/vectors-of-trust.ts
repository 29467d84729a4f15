/**
 * Vectors of trust (RFC 8485) as NHS login uses them: how well a person's identity was proved, and how they signed in.
 * Source: NHS login, “Vectors of trust”.
 */

/** P0: e-mail and phone only. P5: matched to the Personal Demographics Service. P9: photo identity compared. */
export type Proofing = 'P0' | 'P5' | 'P9';

export interface Vector {
  readonly proofing: Proofing;
  /** Cp password, Cd registered device, Ck shared key, Cm asymmetric key. */
  readonly credentials: readonly string[];
}

const rank: Record<Proofing, number> = { P0: 0, P5: 5, P9: 9 };

/** What is asked for, by the least proofing that will do. Every vector but the lowest has a second factor. */
export const vectorsAsked: Record<Proofing, readonly string[]> = {
  P9: ['P9.Cp.Cd', 'P9.Cp.Ck', 'P9.Cm'],
  P5: ['P5.Cp.Cd', 'P5.Cp.Ck', 'P5.Cm', 'P9.Cp.Cd', 'P9.Cp.Ck', 'P9.Cm'],
  P0: ['P0.Cp'],
};

/** `P9.Cp.Cd`; undefined for anything that is not one proofing and at least one way of signing in. */
export function parseVector(text: string): Vector | undefined {
  const parts = text.split('.');
  const proofing = parts.filter((part) => part.startsWith('P'));
  const credentials = parts.filter((part) => /^C[pdkm]$/.test(part));
  if (proofing.length !== 1 || credentials.length === 0) return undefined;
  if (proofing.length + credentials.length !== parts.length) return undefined;
  if (new Set(credentials).size !== credentials.length) return undefined;
  const [level] = proofing;
  return level === 'P0' || level === 'P5' || level === 'P9' ? { proofing: level, credentials } : undefined;
}

/** Whether what was given is at least one of what was asked: as much proofing, and every way of signing in it names. */
export function satisfies(given: Vector, asked: readonly string[]): boolean {
  return asked.some((text) => {
    const wanted = parseVector(text);
    return (
      wanted !== undefined &&
      rank[given.proofing] >= rank[wanted.proofing] &&
      wanted.credentials.every((credential) => given.credentials.includes(credential))
    );
  });
}

/** Whether one proofing is at least another. */
export const atLeast = (given: Proofing, wanted: Proofing): boolean => rank[given] >= rank[wanted];

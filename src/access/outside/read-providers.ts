import { z } from 'zod';
import { problem } from '../../platform/problem.ts';
import type { OutsideProvider } from './outside-provider.ts';

const provider = z.strictObject({
  key: z.enum(['nhs-login', 'care-identity']),
  issuer: z.url(),
  clientId: z.string().min(1),
  privateKeyJwk: z.looseObject({ kty: z.literal('RSA'), d: z.string(), n: z.string(), e: z.string() }),
  idTokenAlgorithm: z.string().optional(),
  timeoutSeconds: z.number().min(1).max(60).optional(),
  allowLoopback: z.boolean().optional(),
});

/** The providers of the configuration. Throws a Problem that says what is wrong, never the keys. */
export function readProviders(given: unknown): readonly OutsideProvider[] {
  const parsed = z.array(provider).safeParse(given);
  if (parsed.success) return parsed.data as readonly OutsideProvider[]; // optional keys that are not given are left out
  const { path, message } = parsed.error.issues[0]!;
  throw problem('value', `SIGN_IN_PROVIDERS is not right at ${path.join('.') || 'its top'}: ${message}.`);
}

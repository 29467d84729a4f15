/** The account of NHS Notify that a deployment has, as given in NHS_NOTIFY. */
import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import { problem } from '../problem.ts';

const privateKey = z.string().refine(
  (pem) => {
    try {
      return createPrivateKey(pem).asymmetricKeyType === 'rsa';
    } catch {
      return false;
    }
  },
  { error: 'must be an RSA private key as PEM' },
);

const shape = z.strictObject({
  /** Without a slash at the end: `https://api.service.nhs.uk`. */
  baseUrl: z.url().transform((url) => url.replace(/\/+$/, '')),
  /** Of the application in the API platform’s developer portal. */
  apiKey: z.string().min(1),
  /** `kid` of the public key that is registered there. */
  keyId: z.string().min(1),
  privateKey,
  /** What goes by Notify, with its routing plan. Default plans: those that Notify gives everyone for free text. */
  email: z.strictObject({ routingPlanId: z.uuid() }).optional(),
  text: z.strictObject({ routingPlanId: z.uuid() }).optional(),
  /** For its callbacks: without it none is taken. */
  callback: z.strictObject({ applicationId: z.string().min(1), apiKey: z.string().min(16) }).optional(),
});

export type NotifySettings = z.infer<typeof shape>;

/** Source: NHS Notify API, “Free-text communications”. */
export const freeTextPlans = {
  email: '00000000-0000-0000-0000-000000000002',
  text: '00000000-0000-0000-0000-000000000003',
} as const;

/** Undefined where none is given. Throws a Problem that names what is wrong, without quoting it: it holds secrets. */
export function readNotifySettings(given: unknown): NotifySettings | undefined {
  if (given === undefined || given === null) return undefined;
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'is not understood' };
  throw problem('value', `NHS_NOTIFY${path.length > 0 ? `.${path.join('.')}` : ''}: ${message}.`);
}

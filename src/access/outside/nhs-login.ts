import { z } from 'zod';
import { isNhsNumber } from '../../fhir/nhs-number.ts';
import { Refusal } from './refusal.ts';
import type { OutsideAnswer } from './round-trip.ts';
import { atLeast, type Proofing, parseVector, satisfies } from './vectors-of-trust.ts';

/** Scopes asked of NHS login: who they are, and how to reach them. Source: NHS login, “Scopes and claims”. */
export const nhsLoginScope = 'openid profile profile_extended email';

/** Where NHS login's vectors are defined; the last part is the environment's. */
const trustmark = /^https:\/\/[a-z0-9.-]+\/trustmark\/[a-z0-9.-]+$/;

/** What NHS login says of a person. At P0 it knows neither number, name nor birth date. */
export interface NhsLoginPerson {
  readonly proofing: Proofing;
  /** Matched to the Personal Demographics Service by NHS login (P5 and P9). */
  readonly nhsNumber?: string;
  readonly familyName?: string;
  readonly givenName?: string;
  /** `1962-07-03` */
  readonly birthDate?: string;
  readonly email?: string;
}

const text = z.string().trim().min(1).max(200).optional().catch(undefined);

const Claims = z.object({
  vot: z.string().max(50),
  vtm: z.string().regex(trustmark),
  identity_proofing_level: z.enum(['P0', 'P5', 'P9']).optional(),
});

const Person = z.object({
  nhs_number: z.string().refine(isNhsNumber).optional(),
  family_name: text,
  given_name: text,
  birthdate: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
  email: text,
  identity_proofing_level: z.enum(['P0', 'P5', 'P9']).optional(),
});

/**
 * The person of an answer, with the assurance that this very sign-in had: `vot` counts, as someone proved to P9 may have
 * signed in by password alone. Throws a Refusal where it is less than was asked, or the claims contradict one another.
 */
export function nhsLoginPerson({ claims, userInfo, vtr }: OutsideAnswer): NhsLoginPerson {
  const trust = Claims.safeParse(claims);
  const person = Person.safeParse(userInfo);
  if (!trust.success || !person.success)
    throw new Refusal('not-valid', 'NHS login gave claims of another form than agreed');
  const { vot, identity_proofing_level } = trust.data;
  const vector = parseVector(vot);
  if (!vector) throw new Refusal('not-valid', 'NHS login gave a vector of trust that is not known');
  if (!satisfies(vector, vtr))
    throw new Refusal('too-low', `Asked for ${vtr.join(' or ')}, given ${vector.proofing}`);
  const { data } = person;
  for (const level of [identity_proofing_level, data.identity_proofing_level])
    if (level && !atLeast(level, vector.proofing))
      throw new Refusal('not-valid', 'NHS login contradicts itself on how far identity was proved');
  for (const name of ['nhs_number', 'birthdate'] as const)
    if (claims[name] !== undefined && data[name] !== undefined && claims[name] !== data[name])
      throw new Refusal('not-valid', 'The ID token and userinfo of NHS login differ');
  const proved = vector.proofing !== 'P0';
  if (vector.proofing === 'P9' && (!data.nhs_number || !data.family_name || !data.birthdate))
    throw new Refusal('not-valid', 'NHS login gave P9 without number, name and birth date');
  return {
    proofing: vector.proofing,
    ...(proved && data.nhs_number ? { nhsNumber: data.nhs_number } : {}),
    ...(proved && data.family_name ? { familyName: data.family_name } : {}),
    ...(proved && data.given_name ? { givenName: data.given_name } : {}),
    ...(proved && data.birthdate ? { birthDate: data.birthdate } : {}),
    ...(data.email ? { email: data.email } : {}),
  };
}

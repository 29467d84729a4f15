/**
 * Links that answer a reminder in one tap, without signing in: signed, for one appointment at one time, telling nothing of whose it is.
 * Moved, called off or over, an appointment has none. The same for the screens by the door, which know their place alone.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export interface AnswerLinks {
  /** `start`: ms since 1970 UTC. */
  readonly tokenFor: (appointment: string, start: number) => string;
  /** The appointment that a token may answer for; whoever reads it checks the start by `isFor`. */
  readonly appointmentIn: (token: string) => string | undefined;
  readonly isFor: (token: string, appointment: string, start: number) => boolean;
  readonly kioskToken: (site: string) => string;
  readonly siteOf: (token: string) => string | undefined;
}

const tagBytes = 16;

/** Keys newest first: the first signs, all are believed. */
export function openAnswerLinks(secrets: readonly Uint8Array[]): AnswerLinks {
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'throughline appointment answers', 32)),
  );
  const tag = (key: Uint8Array, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest().subarray(0, tagBytes);
  const signed = (text: string): string => tag(keys[0] ?? new Uint8Array(), text).toString('base64url');
  const holds = (text: string, given: string): boolean => {
    const bytes = Buffer.from(given, 'base64url');
    return bytes.length === tagBytes && keys.some((key) => timingSafeEqual(bytes, tag(key, text)));
  };
  const parts = (token: string): readonly [string, string] | undefined => {
    const found = /^([A-Za-z0-9.-]{1,64})~([A-Za-z0-9_-]{22})$/.exec(token);
    return found ? [found[1] ?? '', found[2] ?? ''] : undefined;
  };
  const answer = (id: string, start: number): string => `answer\n${id}\n${start}`;
  return {
    tokenFor: (id, start) => `${id}~${signed(answer(id, start))}`,
    appointmentIn: (token) => parts(token)?.[0],
    isFor: (token, id, start) => {
      const [named, given] = parts(token) ?? ['', ''];
      return named === id && holds(answer(id, start), given);
    },
    kioskToken: (site) => `${site}~${signed(`kiosk\n${site}`)}`,
    siteOf: (token) => {
      const [site, given] = parts(token) ?? ['', ''];
      return site !== '' && holds(`kiosk\n${site}`, given) ? site : undefined;
    },
  };
}

/** The link of a reminder, from what it is about (`Appointment/9@2026-11-23T09:00:00Z`); undefined for other news. */
export function reminderLinks(of: {
  readonly secrets: readonly Uint8Array[];
  readonly baseUrl: string;
}): (kind: string, about: string) => string | undefined {
  const links = openAnswerLinks(of.secrets);
  return (kind, about) => {
    const [, id, text = ''] = /^Appointment\/([A-Za-z0-9.-]{1,64})@(.+)$/.exec(about) ?? [];
    const start = Date.parse(text);
    if (kind !== 'appointment-reminder' || id === undefined || Number.isNaN(start)) return undefined;
    return `${of.baseUrl}/appointments/answer/${links.tokenFor(id, start)}`;
  };
}

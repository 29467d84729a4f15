/** What the pages of signing in share: what they need, and what they read of a request. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../../access/accounts/accounts.ts';
import type { Visit } from '../../access/accounts/visit.ts';
import type { Identity, Post } from '../../access/identity.ts';
import type { Clock } from '../../platform/clock.ts';
import { errorsForPage, type FieldError } from '../../web/form-fields.ts';
import type { Shell } from '../../web/shell.ts';

/** Someone of the demonstration, whom a visitor may become. */
export interface DemoPerson {
  readonly account: string;
  readonly name: string;
  /** “GP at Park View Surgery”. */
  readonly what: string;
  /** What is worth trying as them. */
  readonly try?: string;
  /** Heading that they stand under: “Patients and carers”. */
  readonly group?: string;
  /** Staff with several posts: which. */
  readonly post?: string;
}

export interface Provider {
  /** A local path; `return` is added to it. */
  readonly href: string;
  /** “Continue with NHS login”. */
  readonly text: string;
}

export interface SignInPagesNeeds {
  readonly shell: Shell;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** Other ways to sign in. */
  readonly providers?: readonly Provider[];
  /** The local path that signs someone out who signed in with another provider, which may have a session of its own. */
  readonly signOutElsewhere?: (identity: Identity) => string | undefined;
  /** “GP at Park View Surgery”. Default: the role and the reference of the organisation. */
  readonly describePost?: (post: Post) => string | Promise<string>;
  /** Only in a demonstration. Without it there is no list and no address to become anyone. */
  readonly demonstration?: { readonly people: () => readonly DemoPerson[] | Promise<readonly DemoPerson[]> };
}

export const visitOf = (request: FastifyRequest): Visit => ({
  requestId: request.id,
  address: request.ip,
  userAgent: request.headers['user-agent'],
  cookie: request.headers.cookie,
});

/** A field of the form that was sent; empty where it was not, the first where it came several times. */
export const field = (request: FastifyRequest, name: string): string => {
  const { body } = request;
  const value =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
};

export const queried = (request: FastifyRequest, name: string): unknown =>
  (request.query as Record<string, unknown>)[name];

/** The answer of a passkey as its form carries it: JSON, checked by the accounts. */
export const answerOf = (request: FastifyRequest): unknown => {
  try {
    return JSON.parse(field(request, 'answer'));
  } catch {
    return undefined;
  }
};

/** Sends on after a form, with cookies. */
export const goOn = (
  reply: FastifyReply,
  location: string,
  setCookies: readonly string[] = [],
): FastifyReply => reply.header('set-cookie', [...setCookies]).redirect(location, 303);

/** What a page with faults needs: the summary, the words beside each field, and a title that says so first. */
export const withErrors = (title: string, errors: readonly FieldError[]) => ({
  title: errors.length > 0 ? `Error: ${title}` : title,
  heading: title,
  ...errorsForPage(errors),
});

/** “2 minutes” or “30 seconds”. */
export const waitWords = (seconds: number): string => {
  if (seconds < 90) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
};

import { type OutsideKey, providerNames } from '../../access/outside/outside-provider.ts';
import type { RefusalReason } from '../../access/outside/refusal.ts';

export interface RefusalWords {
  readonly status: number;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Whether trying the same again may help. */
  readonly tryAgain: boolean;
}

/** What a person reads whose sign-in elsewhere came to nothing: what happened, and what to do next. */
export function refusalWords(reason: RefusalReason, key: OutsideKey): RefusalWords {
  const name = providerNames[key];
  switch (reason) {
    case 'not-shared':
      return {
        status: 403,
        title: `You did not share your ${name} details`,
        paragraphs: [
          `We can only sign you in with ${name} if you agree to share your details with this service.`,
          'You can try again and agree to share them, or sign in another way.',
        ],
        tryAgain: true,
      };
    case 'expired':
      return {
        status: 400,
        title: 'You need to start signing in again',
        paragraphs: [
          'This can happen if you took longer than 30 minutes, went back a page, or changed browser. Nothing is lost.',
        ],
        tryAgain: true,
      };
    case 'unavailable':
      return {
        status: 503,
        title: `Sorry, ${name} is not working`,
        paragraphs: [
          `We cannot reach ${name} at the moment. Nothing you have saved is lost.`,
          'Try again in a few minutes, or sign in another way.',
        ],
        tryAgain: true,
      };
    case 'too-low':
      return {
        status: 403,
        title: 'You need to prove who you are',
        paragraphs: [
          `${name} signed you in with fewer checks than this service needs.`,
          key === 'nhs-login'
            ? 'Try again. NHS login will ask you for more, such as a security code or a photo of your identity document.'
            : 'Try again with your smartcard, security key or authenticator app.',
        ],
        tryAgain: true,
      };
    case 'not-valid':
      return {
        status: 400,
        title: 'Sorry, we could not sign you in',
        paragraphs: [
          `What ${name} told us did not pass our checks, so we have not signed you in.`,
          'Try again. If it happens again, sign in another way and tell us.',
        ],
        tryAgain: true,
      };
    case 'no-role':
      return {
        status: 403,
        title: 'You do not have a role in this service',
        paragraphs: [
          'Care Identity does not list a role for you that this service uses, at an organisation that it knows.',
          'Ask your registration authority to check your roles, or the people who manage access where you work.',
        ],
        tryAgain: false,
      };
    case 'not-known-here':
      return {
        status: 403,
        title: 'You have not been added to this service',
        paragraphs: [
          'Care Identity knows you, but nobody in this service has your Care Identity number (UUID).',
          'Ask the people who manage access where you work to add it to your entry.',
        ],
        tryAgain: false,
      };
    case 'account-closed':
      return {
        status: 403,
        title: 'Your account is closed',
        paragraphs: [
          key === 'nhs-login'
            ? 'Ask your GP surgery for help.'
            : 'Ask the people who manage access where you work.',
        ],
        tryAgain: false,
      };
  }
}

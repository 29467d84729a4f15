import type { People } from '../accounts/people.ts';
import type { Sessions } from '../accounts/sessions.ts';

/** What signing in with another provider needs of the accounts. */
export type AccountsForOutside = Pick<
  People,
  | 'createAccount'
  | 'findAccount'
  | 'findAccountByOutside'
  | 'addOutside'
  | 'rename'
  | 'setProofing'
  | 'linkPatient'
  | 'addPost'
  | 'endPost'
  | 'postsOf'
> &
  Pick<Sessions, 'startSession' | 'sessionsOf' | 'endSession'>;

/** Whether news of a message gets to a person: for those who write to many, or to someone who may never read it. */
import type { Reach } from '../services/messages/needs.ts';
import type { Notifications } from '../services/notifications/notifications.ts';

/** Answers by the accounts that open the record, and what they chose to be told of. Patient id. */
export const openReach =
  ({ holders, preferences }: Pick<Notifications['parts'], 'holders' | 'preferences'>) =>
  async (patient: string): Promise<Reach> => {
    const accounts = await holders.of([patient]);
    for (const { account } of accounts) {
      const { choices, never } = await preferences.of(account);
      if (choices.messages.some((channel) => !never.includes(channel))) return 'told';
    }
    return accounts.length === 0 ? 'nobody' : 'not-told';
  };

/** The ways out of the house that a deployment has. Without one, what would go by it stays in the outbox. */
import type { NotifySettings } from '../../platform/notify/read-settings.ts';
import type { TextSender } from '../../platform/sms.ts';
import type { WebPush } from '../../platform/web-push.ts';

export interface SentEmail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly reference: string;
  readonly language: string;
  readonly unsubscribe?: string;
  readonly nhsNumber?: string;
}

export interface Senders {
  /** Throws as `TextSender.send` does. */
  readonly email?: (email: SentEmail) => Promise<{ readonly id?: string }>;
  readonly text?: TextSender;
  readonly push?: WebPush;
  /** Channels whose service asks for the receiver’s NHS number. */
  readonly askNumber: readonly ('email' | 'text')[];
  /** What shows that a callback is of the service that we send by. */
  readonly callback?: NotifySettings['callback'];
}

/** Texts and emails by NHS Notify. Source: NHSDigital/communications-manager-api, `POST /comms/v1/messages`. */
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { NewId } from '../ids.ts';
import { problem } from '../problem.ts';
import type { TextSender } from '../sms.ts';
import { openAccessTokens } from './access-token.ts';
import { freeTextPlans, type NotifySettings } from './read-settings.ts';

export interface NotifyEmail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly reference: string;
  readonly nhsNumber?: string;
}

export interface NotifyClient {
  readonly text: TextSender;
  /** Throws as `TextSender.send` does. */
  readonly sendEmail: (email: NotifyEmail) => Promise<{ readonly id?: string }>;
}

export interface NotifyNeeds {
  readonly settings: NotifySettings;
  readonly clock: Clock;
  readonly newId: NewId;
}

interface Message {
  readonly routingPlanId: string;
  readonly messageReference: string;
  readonly recipient: { readonly nhsNumber?: string; readonly contactDetails: Record<string, string> };
  readonly personalisation: Record<string, string>;
}

const created = z.object({ data: z.object({ id: z.string() }) });
const refused = z.object({
  errors: z.array(
    z.object({ code: z.string().optional(), source: z.object({ pointer: z.string() }).partial().optional() }),
  ),
});
const mediaType = 'application/vnd.api+json';

export function openNotify({ settings, clock, newId }: NotifyNeeds): NotifyClient {
  const tokens = openAccessTokens({ settings, clock, newId });

  const post = async (message: Message): Promise<Response> => {
    const body = JSON.stringify({ data: { type: 'Message', attributes: message } });
    return fetch(`${settings.baseUrl}/comms/v1/messages`, {
      method: 'POST',
      headers: {
        ...{ 'content-type': mediaType, accept: mediaType },
        authorization: `Bearer ${await tokens.token()}`,
        'x-correlation-id': message.messageReference,
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(20_000),
    }).catch((cause: unknown) => {
      throw problem('transient', 'NHS Notify did not answer.', { cause });
    });
  };

  const send = async (message: Message): Promise<{ id?: string }> => {
    let answer = await post(message);
    if (answer.status === 401) {
      tokens.forget();
      answer = await post(message);
    }
    const body: unknown = await answer.json().catch(() => undefined);
    if (answer.ok) {
      const parsed = created.safeParse(body);
      return parsed.success ? { id: parsed.data.data.id } : {};
    }
    if (isDuplicate(answer.status, body)) return {};
    // 408, 425 and 429 ask to come again; 401, 403 and 404 (no such routing plan) are ours to mend, and the message waits.
    if (answer.status >= 500 || [401, 403, 404, 408, 425, 429].includes(answer.status))
      throw problem('transient', `NHS Notify did not take the message (${answer.status}).`);
    throw problem('business-rule', `NHS Notify refuses the message (${answer.status}${codesOf(body)}).`);
  };

  const recipient = (nhsNumber: string | undefined, contactDetails: Record<string, string>) => ({
    ...(nhsNumber === undefined ? {} : { nhsNumber }),
    contactDetails,
  });
  return {
    text: {
      send: ({ to, text, reference, nhsNumber }) =>
        send({
          routingPlanId: settings.text?.routingPlanId ?? freeTextPlans.text,
          messageReference: reference,
          recipient: recipient(nhsNumber, { sms: to.replaceAll(/[\s()-]/g, '').replace(/^\+/, '') }),
          personalisation: { sms_body: text },
        }),
    },
    sendEmail: ({ to, subject, text, reference, nhsNumber }) =>
      send({
        routingPlanId: settings.email?.routingPlanId ?? freeTextPlans.email,
        messageReference: reference,
        recipient: recipient(nhsNumber, { email: to }),
        personalisation: { email_subject: subject, email_body: text },
      }),
  };
}

/** It has had this reference before, so the message is sent or will be. */
function isDuplicate(status: number, body: unknown): boolean {
  const parsed = status === 422 ? refused.safeParse(body) : undefined;
  return (
    parsed?.success === true &&
    parsed.data.errors.some(({ source }) => source?.pointer === '/data/attributes/messageReference')
  );
}

/** Its codes, which hold nothing of anyone. */
function codesOf(body: unknown): string {
  const parsed = refused.safeParse(body);
  const codes = parsed.success ? parsed.data.errors.flatMap(({ code }) => code ?? []) : [];
  return codes.length > 0 ? `, ${codes.filter((code) => /^\w{1,40}$/.test(code)).join(' ')}` : '';
}

/** Emails, handed to a mail server (SMTP, RFC 5321). Plain text alone: every reader shows it, on any line. */
import { createTransport } from 'nodemailer';
import { problem } from './problem.ts';

export interface Email {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same for the same message however often it is sent, so that a second copy can be known as one. */
  readonly reference: string;
  /** Address at which the receiver’s mail program stops these emails with one click (RFC 8058). */
  readonly unsubscribe?: string;
  /** BCP 47. */
  readonly language?: string;
}

export interface Mailer {
  /**
   * Keeps when the mail server has taken the email. Throws a Problem: 503 where it may be tried again, 422 where this address
   * will not be delivered to.
   */
  readonly send: (email: Email) => Promise<{ readonly id?: string }>;
  readonly close: () => void;
}

export interface MailerOptions {
  /** `smtps://user:password@host:465`, or `smtp://host:587`, which must then offer TLS unless it is this machine. */
  readonly url: string;
  /** Whom emails come from. */
  readonly from: string;
  /** How long the server may take for each step. Default 20. */
  readonly seconds?: number;
}

export function smtpMailer({ url, from, seconds = 20 }: MailerOptions): Mailer {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const isLocal = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  const host = hostname.replace(/^\[|\]$/g, '');
  const timeout = seconds * 1000;
  const transport = createTransport({
    ...{ pool: true, maxConnections: 2, host, secure, port: Number(port) || (secure ? 465 : 587) },
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    // What goes over the network without TLS can be read, and the password with it.
    ...(isLocal ? { ignoreTLS: !secure } : { requireTLS: !secure }),
    ...{ connectionTimeout: timeout, greetingTimeout: timeout, socketTimeout: timeout },
  });
  const domain = /@([^\s>]+)>?$/.exec(from)?.[1] ?? host;
  return {
    async send({ to, subject, text, reference, unsubscribe, language }) {
      try {
        await transport.sendMail({
          ...{ from, to: { name: '', address: to }, subject, text },
          messageId: `<${reference}@${domain}>`,
          headers: {
            'Auto-Submitted': 'auto-generated', // RFC 3834: no answers from holiday notices
            ...(language === undefined ? {} : { 'Content-Language': language }),
            ...(unsubscribe === undefined
              ? {}
              : {
                  'List-Unsubscribe': `<${unsubscribe}>`,
                  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
                }),
          },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        return {};
      } catch (error) {
        throw asMailProblem(error);
      }
    },
    close: () => transport.close(),
  };
}

/** What the mail server’s answer means. Its words may quote the address, so they go into `cause` alone. */
function asMailProblem(error: unknown) {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  // RFC 5321 §4.2.1: 5yz is for good. A refused sign-in (EAUTH) is ours to mend, so the email waits for that.
  const isForGood = code !== 'EAUTH' && responseCode !== undefined && responseCode >= 500;
  return isForGood
    ? problem('business-rule', `The mail server refuses this email (${responseCode}).`, { cause: error })
    : problem(
        'transient',
        `The mail server did not take the email (${responseCode ?? code ?? 'no answer'}).`,
        {
          cause: error,
        },
      );
}

/** A mail server that keeps what it is given: SMTP as RFC 5321 has it, as far as a client needs. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { atEnd, type Ending } from './ending.ts';

export interface SunkMail {
  readonly from: string;
  readonly to: string;
  /** By lower-case name, unfolded; words that were encoded are decoded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface MailSink {
  /** `smtp://127.0.0.1:…` */
  readonly url: string;
  readonly mails: readonly SunkMail[];
  /** What it answers to a receiver: 250 takes, 4xx not now, 5xx never. Default 250. */
  answer: (to: string) => number;
  /** Held before the answer to a whole mail, which is kept already. */
  beforeTaken: (mail: SunkMail) => Promise<void>;
}

export async function mailSink(t: Ending): Promise<MailSink> {
  const mails: SunkMail[] = [];
  const sockets = new Set<Socket>();
  const sink = { answer: (_to: string) => 250, beforeTaken: async (_mail: SunkMail) => {} };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    void converse(socket, mails, sink);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(sink, { url: `smtp://127.0.0.1:${port}`, mails });
}

async function converse(
  socket: Socket,
  mails: SunkMail[],
  sink: Pick<MailSink, 'answer' | 'beforeTaken'>,
): Promise<void> {
  const say = (line: string) => socket.write(`${line}\r\n`);
  let [from, to, data, unread] = ['', '', undefined as string[] | undefined, ''];
  say('220 sink ESMTP');
  try {
    for await (const chunk of socket.setEncoding('utf8') as AsyncIterable<string>) {
      unread += chunk;
      for (let end = unread.indexOf('\r\n'); end >= 0; end = unread.indexOf('\r\n')) {
        const line = unread.slice(0, end);
        unread = unread.slice(end + 2);
        if (data) {
          if (line !== '.') {
            data.push(line.replace(/^\./, ''));
            continue;
          }
          const mail = { from, to, ...readMail(data) };
          data = undefined;
          mails.push(mail);
          await sink.beforeTaken(mail);
          say('250 taken');
        } else if (/^(EHLO|HELO)/i.test(line)) say('250 sink');
        else if (/^MAIL FROM:/i.test(line)) {
          from = /<(.*?)>/.exec(line)?.[1] ?? '';
          say('250 ok');
        } else if (/^RCPT TO:/i.test(line)) {
          to = /<(.*?)>/.exec(line)?.[1] ?? '';
          const code = sink.answer(to);
          say(code === 250 ? '250 ok' : `${code} no, not for ${to}`);
        } else if (/^DATA/i.test(line)) {
          data = [];
          say('354 go on');
        } else if (/^QUIT/i.test(line)) {
          say('221 bye');
          socket.end();
        } else say('250 ok');
      }
    }
  } catch {
    // The client went away.
  }
}

function readMail(lines: readonly string[]): Pick<SunkMail, 'headers' | 'text'> {
  const blank = lines.indexOf('');
  const unfolded = lines
    .slice(0, blank)
    .join('\r\n')
    .replaceAll(/\r\n[ \t]+/g, ' ');
  const headers = Object.fromEntries(
    unfolded.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
    }),
  );
  const body = lines.slice(blank + 1).join('\n');
  const encoding = headers['content-transfer-encoding']?.toLowerCase();
  if (encoding === 'base64') return { headers, text: Buffer.from(body, 'base64').toString('utf8') };
  return { headers, text: encoding === 'quoted-printable' ? decodeQuoted(body) : body };
}

const decodeQuoted = (text: string): string =>
  Buffer.from(
    text
      .replaceAll(/=\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');

/** RFC 2047. */
const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?(.*?)\?=/gi, (_whole, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodeQuoted(word.replaceAll('_', ' ')),
    );

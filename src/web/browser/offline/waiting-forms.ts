/**
 * Forms that were sent when the line was gone: kept sealed, and sent when it returns, in their order. Each keeps the key that its
 * page was shown with, so that the server does it once however often it arrives.
 */
import { all, drop, type OwnKeys, one, put, type WaitingForm } from './device-store.ts';
import { ownKeys } from './own-keys.ts';
import { seal, unseal } from './seal.ts';
import { worker } from './worker-scope.ts';

export interface TypedForm {
  readonly path: string;
  /** What it is, in the words of its page. */
  readonly title: string;
  readonly fields: readonly (readonly [string, string])[];
}

/** The hidden field by which a form says that it may wait; its value is what the form is called. */
export const queueField = 'form-queue';
const keyField = 'form';

/** Tells every open page how many wait, whether one needs its writer, and where what was sent now is answered. */
export async function tellPages(sent?: string): Promise<void> {
  const message = { ...(await stateNow()), ...(sent === undefined ? {} : { sent }) };
  for (const page of await worker.clients.matchAll()) page.postMessage(message);
}

export async function stateNow(): Promise<{
  kind: 'waiting';
  count: number;
  stuck: boolean;
  words: Readonly<Record<string, string>>;
}> {
  const [own] = await all('keys');
  // Without keys no one who is known here is signed in: nobody else is told that something waits.
  const forms = own ? (await all('waiting')).filter(({ tag }) => tag === own.tag) : [];
  const stuck = forms.some(({ state }) => state !== 'waiting');
  return { kind: 'waiting', count: forms.length, stuck, words: own?.words ?? {} };
}

export async function addWaiting(own: OwnKeys, form: TypedForm): Promise<void> {
  const key = form.fields.find(([name]) => name === keyField)?.[1];
  // The same form sent again while it waits takes its own place, with what was typed last.
  const id = key ?? crypto.randomUUID();
  await put('waiting', {
    ...{ id, tag: own.tag, at: Date.now(), state: 'waiting' },
    ...(await seal(own, id, form)),
  });
  await worker.registration.sync?.register('waiting').catch(() => undefined);
  await tellPages();
}

export async function cancelWaiting(id: string): Promise<void> {
  await drop('waiting', [id]);
  await tellPages();
}

export interface ShownWaiting {
  readonly form: WaitingForm;
  readonly typed: TypedForm;
}

export async function waitingOf(own: OwnKeys): Promise<readonly ShownWaiting[]> {
  const forms = (await all('waiting')).sort((a, b) => a.at - b.at);
  const open = async (form: WaitingForm) => {
    const typed = await unseal<TypedForm>(own, form.id, form);
    return typed && { form, typed };
  };
  return (await Promise.all(forms.map(open))).filter((shown) => shown !== undefined);
}

/** The server's own page about a form that it did not take. */
export async function answerTo(own: OwnKeys, id: string): Promise<string | undefined> {
  const form = await one('waiting', id);
  return form?.answer && unseal<string>(own, `${id} answer`, form.answer);
}

/** Where the last form that was sent is answered, and when it was. */
let sentLast: { readonly address: string; readonly at: number } | undefined;
const shownFor = 60_000;

export const sentJustNow = (): string | undefined =>
  sentLast && Date.now() - sentLast.at < shownFor ? sentLast.address : undefined;

let sending: Promise<void> | undefined;

/** Sends what waits. A form that was refused waits for its writer. */
export function sendWaiting(): Promise<void> {
  sending ??= sendEach().finally(() => {
    sending = undefined;
  });
  return sending;
}

async function sendEach(): Promise<void> {
  const own = await ownKeys();
  if (!own) return;
  let told = false;
  let sent: string | undefined;
  for (const { form, typed } of await waitingOf(own)) {
    if (form.state === 'refused') continue;
    const outcome = await sendOne(typed);
    if (outcome.kind === 'later') break;
    told = true;
    if (outcome.kind === 'done') {
      sent = outcome.address;
      if (sent !== undefined) sentLast = { address: sent, at: Date.now() };
      await drop('waiting', [form.id]);
      continue;
    }
    // Cancelled meanwhile: it stays so.
    if (!(await one('waiting', form.id))) continue;
    if (outcome.kind === 'sign-in') {
      await put('waiting', { ...form, state: 'sign-in' });
      break;
    }
    const answer = await seal(own, `${form.id} answer`, outcome.html ?? '');
    await put('waiting', { ...form, state: 'refused', answer });
  }
  if (told) await tellPages(sent);
}

interface Outcome {
  readonly kind: 'done' | 'later' | 'sign-in' | 'refused';
  /** The server's page about what was refused. */
  readonly html?: string;
  /** Where the server led to after it was done. */
  readonly address?: string;
}

async function sendOne({ path, fields }: TypedForm): Promise<Outcome> {
  const answer = await fetch(path, {
    method: 'POST',
    body: new URLSearchParams(fields.map(([name, value]) => [name, value])),
    // Not as a page: a form whose session has ended then stays here instead of with the server.
    headers: { accept: '*/*' },
  }).catch(() => undefined);
  if (!answer || answer.status >= 500 || answer.status === 429 || answer.status === 408)
    return { kind: 'later' };
  // It was done, whatever became of the page that it leads to.
  if (answer.redirected || answer.ok) return { kind: 'done', address: new URL(answer.url).pathname };
  if (answer.status === 401) return { kind: 'sign-in' };
  return { kind: 'refused', html: await answer.text() };
}

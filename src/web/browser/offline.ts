/** Sets the service worker to work for whoever is signed in, and shows what waits to be sent. Only with an account that keeps. */
const own = document.querySelector<HTMLScriptElement>('script[data-offline-for]');

/** The page as it came, for the worker that is not there yet to see it. */
const asItCame =
  own && 'serviceWorker' in navigator && navigator.serviceWorker.controller === null
    ? `<!DOCTYPE html>\n${document.documentElement.outerHTML}`
    : undefined;

interface State {
  readonly kind?: string;
  readonly count?: number;
  readonly stuck?: boolean;
  readonly sent?: string;
  readonly words?: Readonly<Record<string, string>>;
}

const line = document.createElement('div');
line.setAttribute('role', 'status');
line.className = 'nhsuk-width-container';
document.querySelector('main')?.parentElement?.before(line);
let waiting = 0;
let warning = '';

const linkTo = (href: string, text = ''): HTMLAnchorElement => {
  const link = document.createElement('a');
  link.href = href;
  link.textContent = text;
  return link;
};

function show({ kind, count = 0, stuck = false, sent, words = {} }: State): void {
  if (kind !== 'waiting') return;
  // What was said of the last form that was sent stays.
  if (count === 0 && sent === undefined && waiting === 0) return;
  const said = document.createElement('p');
  said.className = 'nhsuk-u-margin-top-3';
  const text = (stuck ? words['stuck'] : words['count']) ?? '';
  if (count > 0) said.append(linkTo('/offline/waiting', text.replace('{count}', String(count))));
  else said.append(sent === undefined ? (words['allSent'] ?? '') : linkTo(sent, words['allSent']));
  line.replaceChildren(said);
  waiting = count;
  warning = words['signOutWaiting'] ?? '';
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-queue]')) {
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = 'form-queue';
  field.value = form.dataset['queue'] || document.title.split(' – ')[0] || '';
  form.append(field);
}
for (const form of document.querySelectorAll<HTMLFormElement>('form[action*="/sign-out"]'))
  form.addEventListener('submit', (event) => {
    if (waiting > 0 && !confirm(warning)) event.preventDefault();
  });

async function begin(): Promise<void> {
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener('message', ({ data }: MessageEvent<State>) => show(data));
  await serviceWorker.register('/service-worker.js');
  const { active } = await serviceWorker.ready;
  const say = (message: object): void => active?.postMessage(message);
  const address = location.pathname + location.search;
  if (asItCame === undefined) say({ kind: 'send' });
  else say({ kind: 'seen', tag: own?.dataset['offlineFor'], address, html: asItCame });
  const again = (): void => {
    if (document.visibilityState === 'visible') say({ kind: 'send' });
  };
  addEventListener('online', again);
  document.addEventListener('visibilitychange', again);
}

// After all that this page itself needs.
if (own && 'serviceWorker' in navigator) {
  if (document.readyState === 'complete') void begin();
  else addEventListener('load', () => void begin());
}

export {};

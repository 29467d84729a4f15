/** Sets the service worker to work for whoever is signed in, and shows what waits to be sent. Only with an account that keeps. */
const own = document.querySelector<HTMLScriptElement>('script[data-offline-for]');

interface State {
  readonly kind?: string;
  readonly count?: number;
  readonly stuck?: boolean;
  readonly sent?: string;
  readonly words?: Readonly<Record<string, string>>;
}

const line = document.createElement('div');
line.setAttribute('role', 'status');
line.className = 'nhsuk-width-container tl-waiting';
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
  const text = (stuck ? words['stuck'] : words['count']) ?? '';
  if (count > 0) line.replaceChildren(linkTo('/offline/waiting', text.replace('{count}', String(count))));
  else if (sent !== undefined) line.replaceChildren(linkTo(sent, words['allSent']));
  else if (waiting > 0) line.textContent = words['allSent'] ?? '';
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
  const wasThere = serviceWorker.controller !== null;
  await serviceWorker.register('/service-worker.js');
  const { active } = await serviceWorker.ready;
  const say = (message: object): void => active?.postMessage(message);
  // The worker was not there when this page came: it is handed what is on the screen.
  if (!wasThere) {
    const html = `<!DOCTYPE html>\n${document.documentElement.outerHTML}`;
    say({
      kind: 'seen',
      tag: own?.dataset['offlineFor'],
      address: location.pathname + location.search,
      html,
    });
  } else say({ kind: 'send' });
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

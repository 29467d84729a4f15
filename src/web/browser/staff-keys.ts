// Keys for staff: / to the search for a person, Ctrl+K to any page or person, ? for the list of keys. What opens is the page
// /commands in a dialog, so that the same is there without a script.

const commands = '/commands';
const typing = 'input, select, textarea, [contenteditable]';
let dialog: HTMLDialogElement | undefined;

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = event.key.toLowerCase();
  if (key === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    void open();
    return;
  }
  const isTyping = event.target instanceof Element && event.target.closest(typing) !== null;
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || dialog?.open) return;
  if (document.documentElement.dataset['keys'] === 'off') return;
  if (key === '/') {
    const search = document.querySelector<HTMLInputElement>('#find-person');
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  } else if (key === '?') {
    event.preventDefault();
    void open('keys');
  }
});

/** Opens the dialog, made at first use; the page itself where it cannot be had. */
async function open(part?: 'keys'): Promise<void> {
  dialog ??= await make();
  if (!dialog) {
    location.assign(commands);
    return;
  }
  if (!dialog.open) dialog.showModal();
  const start = dialog.querySelector<HTMLElement>(part === 'keys' ? '[data-keys]' : 'input');
  start?.focus();
  if (start instanceof HTMLInputElement) start.select();
}

async function make(): Promise<HTMLDialogElement | undefined> {
  const answer = await fetch(commands).catch(() => undefined);
  if (!answer?.ok || answer.redirected) return undefined;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const main = page.querySelector('main');
  const heading = main?.querySelector('h1');
  const list = main?.querySelector<HTMLElement>('[data-commands]');
  const form = main?.querySelector('form');
  const input = form?.querySelector('input');
  if (!main || !heading || !list || !form || !input) return undefined;

  const made = document.createElement('dialog');
  made.className = 'tl-dialog';
  heading.id = 'commands-title';
  made.setAttribute('aria-labelledby', heading.id);
  made.append(...main.childNodes);
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'nhsuk-button nhsuk-button--secondary nhsuk-button--small';
  close.textContent = 'Close';
  close.addEventListener('click', () => made.close());
  made.append(close);
  made.querySelector<HTMLElement>('[data-keys]')?.setAttribute('tabindex', '-1');
  const status = document.createElement('p');
  status.className = 'nhsuk-u-visually-hidden';
  status.setAttribute('role', 'status');
  form.append(status);

  const entries = [...list.querySelectorAll('li')];
  const shown = () => entries.filter((entry) => !entry.hidden);
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const entry of entries) {
      const text = entry.textContent.toLowerCase();
      entry.hidden = !words.every((word) => text.includes(word));
    }
    const found = shown().length;
    status.textContent = found === 1 ? '1 page' : `${found} pages`;
  });
  // A page that fits what is typed comes first; else it is a person.
  form.addEventListener('submit', (event) => {
    const link = input.value.trim() === '' ? null : shown()[0]?.querySelector('a');
    if (!link || event.submitter === document.activeElement) return;
    event.preventDefault();
    location.assign(link.href);
  });
  made.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const stops = [input, ...shown().flatMap((entry) => entry.querySelector('a') ?? [])];
    const at = stops.findIndex((stop) => stop.isSameNode(document.activeElement));
    if (at < 0) return;
    event.preventDefault();
    stops[(at + (event.key === 'ArrowDown' ? 1 : stops.length - 1)) % stops.length]?.focus();
  });
  document.body.append(made);
  return made;
}

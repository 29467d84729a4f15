/**
 * A consultation being written: kept every few seconds while something changed, tried again when the line returns; codes found
 * while the problem is typed; templates put in where there is nothing yet. Without it a button keeps what was typed.
 */
const form = document.querySelector<HTMLFormElement>('form[data-draft]');
const every = 4_000;

if (form) {
  const address = form.dataset['draft'] ?? '';
  const state = document.querySelector<HTMLElement>('#draft-state');
  let last = '';
  let sending = false;
  const bodyOf = (): string => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
    return body.toString();
  };
  last = bodyOf();
  const keep = async (): Promise<void> => {
    const body = bodyOf();
    if (body === last || sending) return;
    sending = true;
    try {
      const answer = await fetch(address, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body,
      });
      if (!answer.ok) throw new Error(String(answer.status));
      last = body;
      const { kept } = (await answer.json()) as { readonly kept: string };
      if (state) state.textContent = `Draft kept ${kept}`;
    } catch {
      if (state)
        state.textContent = 'The draft is not kept yet: the line or your sign-in is gone. It is tried again.';
    } finally {
      sending = false;
    }
  };
  setInterval(() => void keep(), every);
  addEventListener('online', () => void keep());
  document.addEventListener('visibilitychange', () => void keep());

  const problem = form.querySelector<HTMLInputElement>('#problem');
  const code = form.querySelector<HTMLInputElement>('#code');
  const found = form.querySelector<HTMLElement>('#codes-found');
  const chosen = form.querySelector<HTMLElement>('#code-chosen');
  let asked = 0;
  const choose = (value: string, display: string): void => {
    if (!problem || !code || !found || !chosen) return;
    code.value = value;
    if (problem.value.trim() === '') problem.value = display;
    chosen.textContent = `Coded as: ${display}`;
    found.replaceChildren();
    problem.focus();
  };
  const offer = async (): Promise<void> => {
    if (!problem || !found) return;
    const typed = problem.value.trim();
    const mine = ++asked;
    if (typed.length < 2) {
      found.replaceChildren();
      return;
    }
    const answer = await fetch(`/consultations/codes?q=${encodeURIComponent(typed)}`).catch(() => undefined);
    if (!answer?.ok || mine !== asked) return;
    const all = (await answer.json()) as readonly { readonly value: string; readonly display: string }[];
    const items = all.map(({ value, display }) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'tl-code';
      button.textContent = display;
      button.addEventListener('click', () => choose(value, display));
      item.append(button);
      return item;
    });
    found.replaceChildren(...items);
    found.setAttribute('aria-label', `${items.length} codes found`);
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  problem?.addEventListener('input', () => {
    if (code) code.value = '';
    if (chosen) chosen.textContent = '';
    clearTimeout(waiting);
    waiting = setTimeout(() => void offer(), 250);
  });

  // A template fills what is still empty, and nothing else.
  for (const link of form.querySelectorAll<HTMLAnchorElement>('a[data-note]'))
    link.addEventListener('click', (event) => {
      event.preventDefault();
      for (const name of ['history', 'examination', 'plan'] as const) {
        const into = form.querySelector<HTMLTextAreaElement>(`#${name}`);
        if (into && into.value.trim() === '') into.value = link.dataset[name] ?? '';
      }
      form.querySelector<HTMLTextAreaElement>('#history')?.focus();
    });

  for (const link of form.querySelectorAll<HTMLAnchorElement>('a[data-words]'))
    link.addEventListener('click', (event) => {
      const into = form.querySelector<HTMLTextAreaElement>(link.hash);
      if (!into) return;
      event.preventDefault();
      into.value = [into.value.trim(), link.dataset['words'] ?? '']
        .filter((text) => text !== '')
        .join('\n\n');
      into.focus();
    });
}

export {};

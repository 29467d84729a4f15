/**
 * Keeps the queue up to date: asks every few seconds whether something changed, a number of some bytes, and only then for the
 * list. Sleeps while the page is not seen, and asks less often when the line does not answer.
 */
const list = document.querySelector<HTMLElement>('#queue[data-mark]');
const usual = 8_000;
const longest = 120_000;

if (list) {
  let every = usual;
  const swap = async (): Promise<void> => {
    const answer = await fetch(location.href, {
      headers: { accept: 'text/html', 'x-live': '1' },
      redirect: 'error',
    });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('queue');
    if (!fresh || list.contains(document.activeElement)) return;
    list.replaceChildren(...fresh.childNodes);
    list.dataset['mark'] = fresh.dataset['mark'] ?? '';
  };
  const look = async (): Promise<void> => {
    try {
      const answer = await fetch('/triage/mark', { redirect: 'error' });
      if (!answer.ok) throw new Error(String(answer.status));
      if ((await answer.text()) !== list.dataset['mark']) await swap();
      every = usual;
    } catch {
      every = Math.min(longest, every * 2); // the line, or the session: what is shown stays
    }
  };
  const wait = (): void => {
    setTimeout(async () => {
      if (!document.hidden) await look();
      wait();
    }, every);
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void look();
  });
  wait();
}

export {};

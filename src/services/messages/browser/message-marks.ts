/**
 * Keeps a list up to date: asks every few seconds whether something changed, a number of some bytes, and only then for the list. Sleeps
 * while the page is not seen, and asks less often when the line does not answer.
 */
const usual = 8_000;
const longest = 120_000;

const part = document.querySelector<HTMLElement>('[data-mark][data-mark-at]');
if (part) {
  let every = usual;
  const swap = async (): Promise<void> => {
    const answer = await fetch(location.href, {
      headers: { accept: 'text/html', 'x-live': '1' },
      redirect: 'error',
    });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(part.id);
    if (!fresh || part.contains(document.activeElement)) return;
    part.replaceChildren(...fresh.childNodes);
    part.dataset['mark'] = fresh.dataset['mark'] ?? '';
    if (fresh.dataset['markAt'] === undefined) delete part.dataset['markAt']; // it has ended
  };
  const look = async (): Promise<void> => {
    try {
      const answer = await fetch(part.dataset['markAt'] ?? '', { redirect: 'error' });
      if (!answer.ok) throw new Error(String(answer.status));
      if ((await answer.text()) !== part.dataset['mark']) await swap();
      every = usual;
    } catch {
      every = Math.min(longest, every * 2); // the line, or the session: what is shown stays
    }
  };
  const wait = (): void => {
    setTimeout(async () => {
      if (part.dataset['markAt'] === undefined) return;
      if (!document.hidden) await look();
      wait();
    }, every);
  };
  wait();
}

export {};

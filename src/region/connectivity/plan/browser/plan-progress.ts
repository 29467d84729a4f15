/** Keeps how a run stands up to date, and shows the result when it is there. Without it the page has a link to look again. */
const part = document.querySelector<HTMLElement>('[data-plan-run]');

const look = async (): Promise<void> => {
  if (!part || document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'error' });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('[data-plan-run]');
    if (!fresh) location.reload();
    else if (fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
  } catch {
    // The line is gone: the page stays as it was.
  }
};

if (part) setInterval(() => void look(), 4_000);

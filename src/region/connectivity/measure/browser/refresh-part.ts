/** Asks for the page anew every so many seconds and puts `<div id="…" data-refresh="20">` in place, while the page is seen. */
const part = document.querySelector<HTMLElement>('[data-refresh][id]');
const everyMs = Number(part?.dataset['refresh'] ?? 0) * 1000;

async function refresh(old: HTMLElement): Promise<void> {
  const answer = await fetch(location.href, {
    headers: { 'x-live': '1', accept: 'text/html' },
    redirect: 'error',
  });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.getElementById(old.id);
  if (!fresh || fresh.innerHTML === old.innerHTML || old.contains(document.activeElement)) return;
  old.replaceChildren(...fresh.childNodes);
}

if (part && everyMs > 0) {
  part.setAttribute('aria-live', 'polite');
  setInterval(() => {
    if (!document.hidden) refresh(part).catch(() => {}); // the line is gone: the page stays as it was
  }, everyMs);
}

export {};

/**
 * Keeps parts of a page up to date: `<div id="next" data-live="/…/live">`. When told of a change it asks for the page (or for
 * `data-live-part`) anew and puts the part with the same id in place of the old one. Sleeps while the page is not seen.
 */
const parts = [...document.querySelectorAll<HTMLElement>('[data-live][id]')];

const freshPart = async (part: HTMLElement): Promise<Element | null> => {
  const address = part.dataset['livePart'] ?? location.href;
  const answer = await fetch(address, { headers: { 'x-live': '1', accept: 'text/html' }, redirect: 'error' });
  if (!answer.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return page.getElementById(part.id);
};

for (const part of parts) {
  // Screen readers say what changes in it, when they have finished what they are saying.
  if (!part.hasAttribute('aria-live')) part.setAttribute('aria-live', 'polite');
  let source: EventSource | undefined;
  let last = '';
  let asking = false;
  let again = false;

  const swap = async (): Promise<void> => {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const fresh = await freshPart(part);
      if (fresh instanceof HTMLElement && fresh.innerHTML !== part.innerHTML) {
        // Nobody loses what they are typing or where they are: it waits until they have left.
        if (part.contains(document.activeElement)) {
          part.addEventListener('focusout', () => void swap(), { once: true });
        } else {
          part.replaceChildren(...fresh.childNodes);
        }
      }
    } catch {
      // The line is gone, or the session: the page stays as it was.
    } finally {
      asking = false;
    }
    if (again) {
      again = false;
      await swap();
    }
  };
  const open = (): void => {
    if (source) return;
    const address = new URL(part.dataset['live'] ?? '', location.href);
    // What changed since this page was asked for is not in it.
    if (last !== '') address.searchParams.set('since', last);
    else address.searchParams.set('ago', String(Math.round(performance.now())));
    source = new EventSource(address);
    const heard = ({ lastEventId }: MessageEvent): void => {
      if (lastEventId !== '') last = lastEventId;
    };
    source.addEventListener('message', heard);
    source.addEventListener('change', (event) => {
      heard(event);
      void swap();
    });
    source.addEventListener('end', close);
  };
  const close = (): void => {
    source?.close();
    source = undefined;
  };
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  if (!document.hidden) open();
}

export {};

/**
 * On one request: holds on to it while it is open and seen, lets it go when it is left, and does each deed by one key. Keys of
 * one letter can be turned off in the settings (WCAG 2.1.4), as elsewhere.
 */
const page = document.querySelector<HTMLElement>('[data-triage-hold]');
const address = page?.dataset['triageHold'];
const every = 60_000;

if (address) {
  const hold = (): void => {
    if (!document.hidden) void fetch(address, { method: 'POST', redirect: 'error' }).catch(() => {});
  };
  setInterval(hold, every);
  addEventListener('pagehide', () => {
    // Where they go on to a deed of the same request, that page has taken it and this changes nothing.
    navigator.sendBeacon(`${address}?release=${page?.dataset['triagePage'] ?? ''}`);
  });
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

if (document.documentElement.dataset['keys'] !== 'off')
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    const link = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });

export {};

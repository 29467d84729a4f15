/**
 * The button that lets us notify someone in this browser: `<div data-notify-here="<our key>" hidden>`. It stays hidden where the
 * browser cannot.
 */
const part = document.querySelector<HTMLElement>('[data-notify-here]');
const button = part?.querySelector('button');
const state = part?.querySelector<HTMLElement>('[role="status"]');

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0));
};

/** Answers which of the texts of the page says what came of it. */
async function subscribe(key: string): Promise<string> {
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  await navigator.serviceWorker.register('/service-worker.js');
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  const subscription = await pushManager.subscribe(options).catch(async () => {
    // It was let by a former key of ours.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  });
  const answer = await fetch('/notifications/browsers', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(subscription),
  });
  return answer.ok ? 'on' : 'failed';
}

const key = part?.dataset['notifyHere'];
const can = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
if (part && button && state && key && can && isSecureContext) {
  part.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    const outcome = await subscribe(key).catch(() => 'failed');
    if (outcome === 'on') {
      location.assign('/notifications?done=browser');
      return;
    }
    state.textContent = part.dataset[outcome] ?? '';
    button.disabled = false;
  });
}

export {};

/**
 * A message is sent only when the line is there: while it is gone the page stays as it is, with all that was typed, and sends when the line
 * is back. An addition: without script the browser says that it cannot reach the server, and its back button brings the form again.
 */
const waits = [1, 2, 4, 8, 15];

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-message]')) {
  const status = document.createElement('p');
  status.setAttribute('role', 'status');
  status.className = 'tl-note';
  form.append(status);
  let isSending = false;

  const isThere = async (): Promise<boolean> => {
    const answer = await fetch('/health/live', {
      cache: 'no-store',
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
    return answer?.ok ?? false;
  };
  const pause = (seconds: number): Promise<void> =>
    new Promise((go) => {
      const on = (): void => {
        removeEventListener('online', on);
        go();
      };
      addEventListener('online', on);
      setTimeout(on, seconds * 1000);
    });

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    const send = async (): Promise<void> => {
      for (let tries = 0; !(await isThere()); tries += 1) {
        status.textContent =
          'The line is gone. Your message has not been sent. It stays here, and is sent when the line is back';
        await pause(waits[Math.min(tries, waits.length - 1)] ?? 15);
      }
      status.textContent = '';
      form.submit();
    };
    void send();
  });
  addEventListener('pageshow', () => {
    isSending = false;
  });
}

export {};

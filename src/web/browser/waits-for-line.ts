/**
 * A form is sent only when the line is there: `<form data-line>`. While it is gone the page stays as it is, with all that was typed, says
 * so, and sends when the line is back. An addition: without script the browser says that it cannot reach the server, and its back
 * button brings the form again.
 */
const pauses = [1, 2, 4, 8, 15];
const gone = 'The line is gone. What you typed is still here, and is sent when the line is back';

const isThere = async (): Promise<boolean> => {
  const answer = await fetch('/health/live', {
    ...{ cache: 'no-store', signal: AbortSignal.timeout(10_000) },
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

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-line]')) {
  const status = document.createElement('p');
  status.setAttribute('role', 'status');
  status.className = 'tl-note';
  form.append(status);
  let waiting = false;
  let passes = false;

  form.addEventListener('submit', (event) => {
    if (passes) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    const { submitter } = event;
    const send = async (): Promise<void> => {
      for (let tries = 0; !(await isThere()); tries += 1) {
        status.textContent = gone;
        await pause(pauses[Math.min(tries, pauses.length - 1)] ?? 15);
      }
      status.textContent = '';
      passes = true;
      form.requestSubmit(submitter);
      passes = false;
    };
    void send().finally(() => {
      waiting = false;
    });
  });
}

export {};

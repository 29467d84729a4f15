/**
 * Sends a file while the form is still being filled in: in pieces, with progress, going on where it was after a break (the tus
 * protocol 1.0: POST, HEAD, PATCH). Without it the file goes with the form.
 */
const piece = 512 * 1024;
const waits = [1, 2, 5, 10, 20, 30];

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly header: (name: string) => string | null;
}

/** XMLHttpRequest, since fetch tells nothing of how much has been sent. */
const ask = (
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Blob | null,
  sent: (bytes: number) => void,
): Promise<Answer> =>
  new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader('Tus-Resumable', '1.0.0');
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => sent(loaded);
    request.onload = () =>
      done({
        status: request.status,
        text: request.responseText.trim(),
        header: (name) => request.getResponseHeader(name),
      });
    request.onerror = () => failed(new Error('the line is gone'));
    request.ontimeout = request.onerror;
    request.timeout = 120_000;
    request.send(body);
  });

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

class Refused extends Error {}

const refusal = ({ status, text }: Answer): Error | undefined => {
  if (status < 400) return undefined;
  if (status === 401) return new Refused('Your session has ended. Sign in again, then choose the file again');
  // Busy, or a fault of the server: it is tried again.
  return status === 423 || status === 409 || status === 429 || status >= 500
    ? new Error(text)
    : new Refused(text || 'The file could not be sent');
};

const pause = (seconds: number): Promise<void> =>
  new Promise((go) => {
    const on = (): void => {
      clearTimeout(timer);
      removeEventListener('online', on);
      go();
    };
    const timer = setTimeout(on, seconds * 1000);
    addEventListener('online', on); // the line is back sooner
  });

/** Sends it all, however often the line breaks. Answers the upload’s id. */
const send = async (
  file: File,
  purpose: string,
  told: (sent: number, broken: boolean) => void,
  stopped: () => boolean,
): Promise<string> => {
  // So that the same file chosen again after the page was closed goes on where it was.
  const mark = `upload ${purpose} ${file.name} ${file.size} ${file.lastModified}`;
  let url = sessionStorage.getItem(mark) ?? '';
  let offset = -1;
  for (let failures = 0; ; ) {
    if (stopped()) throw new Refused('');
    try {
      if (url === '') {
        const made = await ask(
          'POST',
          '/uploads',
          {
            'Upload-Length': String(file.size),
            'Upload-Metadata': `purpose ${base64(purpose)},filename ${base64(file.name)}`,
          },
          null,
          () => {},
        );
        const wrong = refusal(made);
        if (wrong) throw wrong;
        url = made.header('Location') ?? '';
        sessionStorage.setItem(mark, url);
        offset = 0;
      }
      if (offset < 0) {
        const where = await ask('HEAD', url, {}, null, () => {});
        if (where.status === 404 || where.status === 410) {
          url = '';
          continue;
        }
        const wrong = refusal(where);
        if (wrong) throw wrong;
        offset = Number(where.header('Upload-Offset'));
      }
      while (offset < file.size) {
        if (stopped()) throw new Refused('');
        const from = offset;
        const next = await ask(
          'PATCH',
          url,
          { 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
          file.slice(from, from + piece),
          (bytes) => told(from + bytes, false),
        );
        const wrong = refusal(next);
        if (wrong) throw wrong;
        offset = Number(next.header('Upload-Offset'));
        failures = 0;
        told(offset, false);
      }
      sessionStorage.removeItem(mark);
      return url.split('/').at(-1) ?? '';
    } catch (error) {
      if (error instanceof Refused) {
        sessionStorage.removeItem(mark);
        throw error;
      }
      offset = -1; // the server says how much it has
      told(-1, true);
      await pause(waits[Math.min(failures, waits.length - 1)] ?? 30);
      failures += 1;
    }
  }
};

const percent = (part: number, whole: number): number => Math.floor((100 * part) / whole);

for (const field of document.querySelectorAll<HTMLElement>('[data-upload]')) {
  const input = field.querySelector<HTMLInputElement>('input[type=file]');
  const hidden = [...field.querySelectorAll<HTMLInputElement>('input[type=hidden]')];
  const [id, shownName] = hidden;
  const form = input?.form;
  if (!input || !id || !shownName || !form) continue;
  const ownName = input.name;
  const progress = document.createElement('progress');
  progress.className = 'tl-upload__progress';
  progress.max = 100;
  progress.hidden = true;
  progress.setAttribute('aria-label', 'Sending the file');
  const status = document.createElement('p');
  status.setAttribute('role', 'status');
  field.append(progress, status);

  let turn = 0;
  let sending: Promise<void> | undefined;
  const begin = async (file: File, mine: number): Promise<void> => {
    progress.hidden = false;
    progress.value = 0;
    status.textContent = `Sending ${file.name}`;
    let said = 0;
    try {
      const upload = await send(
        file,
        field.dataset['upload'] ?? '',
        (sent, broken) => {
          if (mine !== turn) return;
          if (broken) {
            status.textContent = `The line is gone. ${file.name} goes on by itself when it is back`;
            return;
          }
          progress.value = percent(sent, file.size);
          // A screen reader hears every quarter, not every piece.
          const quarter = Math.floor(progress.value / 25);
          if (quarter === said && !status.textContent?.startsWith('The line')) return;
          said = quarter;
          status.textContent = `Sending ${file.name}: ${progress.value}%`;
        },
        () => mine !== turn,
      );
      if (mine !== turn) return;
      id.value = upload;
      shownName.value = file.name;
      input.removeAttribute('name'); // it is there already: it need not go with the form
      status.textContent = `${file.name} has been sent`;
    } catch (error) {
      if (mine !== turn) return;
      input.value = '';
      status.textContent = `Error: ${error instanceof Error ? error.message : 'the file could not be sent'}`;
    } finally {
      if (mine === turn) progress.hidden = true;
    }
  };
  input.addEventListener('change', () => {
    turn += 1;
    id.value = '';
    shownName.value = '';
    input.name = ownName;
    status.textContent = '';
    const file = input.files?.[0];
    if (!file) return;
    const mine = turn;
    sending = begin(file, mine).finally(() => {
      if (mine === turn) sending = undefined;
    });
  });
  form.addEventListener('submit', (event) => {
    if (!sending) return;
    event.preventDefault();
    const { submitter } = event;
    status.textContent = 'The form is sent when the file has been';
    void sending.then(() => {
      if (id.value !== '') form.requestSubmit(submitter);
    });
  });
}

export {};

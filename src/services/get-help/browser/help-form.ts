/**
 * A request for help as it is typed: shows the questions that earlier answers call for, keeps what was typed on the server and, while
 * the line is gone, in this tab alone; and sends the page only when the line is there. All of it is an addition: the page is whole
 * without.
 */
interface Condition {
  readonly name: string;
  readonly is: string;
  readonly value: string;
}

const keepAfter = 1200;
const waits = [1, 2, 4, 8, 15];

const valuesOf = (form: HTMLFormElement, name: string): readonly string[] =>
  new FormData(form)
    .getAll(name)
    .filter((value): value is string => typeof value === 'string' && value !== '');

const fits = (form: HTMLFormElement, { name, is, value }: Condition): boolean => {
  const given = valuesOf(form, name);
  if (is === 'exists') return given.length > 0 === (value !== 'no');
  if (is === '!=') return given.length > 0 && !given.includes(value);
  if (is === '=') return given.includes(value);
  return given.some((one) => {
    const difference = Number(one) - Number(value);
    return is === '>'
      ? difference > 0
      : is === '<'
        ? difference < 0
        : is === '>='
          ? difference >= 0
          : difference <= 0;
  });
};

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-help-form]')) {
  const dependent = [...form.querySelectorAll<HTMLElement>('[data-enable-when]')];
  for (const one of dependent) one.querySelector<HTMLElement>('[data-only-if]')?.remove();
  const showWanted = (): void => {
    for (const one of dependent) {
      const conditions = JSON.parse(one.dataset['enableWhen'] ?? '[]') as readonly Condition[]; // our own template wrote it
      one.hidden = !conditions.every((condition) => fits(form, condition));
    }
  };

  const status = document.createElement('p');
  status.setAttribute('role', 'status');
  status.className = 'tl-note';
  form.append(status);

  const mark = `help ${location.pathname}`;
  const textOf = (): string => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
    return body.toString();
  };
  const atFirst = textOf();

  /** What the tab kept when the line was gone; only where the page came without it. */
  const restore = (): void => {
    const kept = sessionStorage.getItem(mark);
    if (kept === null) return;
    const body = new URLSearchParams(kept);
    for (const field of form.elements) {
      if (field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) {
        if (field.value === '') field.value = body.get(field.name) ?? '';
      } else if (field instanceof HTMLInputElement) {
        // The key too: it names the same request, so that it is not begun twice.
        if (field.name === 'form' && !form.querySelector('.nhsuk-error-message'))
          field.value = body.get('form') ?? field.value;
        else if (field.type === 'checkbox' || field.type === 'radio')
          field.checked ||= body.getAll(field.name).includes(field.value);
        else if (field.type !== 'hidden' && field.value === '') field.value = body.get(field.name) ?? '';
      }
    }
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  let kept = atFirst;
  /** True: the server has it, or the page need not wait for it. */
  const keep = async (): Promise<boolean> => {
    const text = textOf();
    if (text === kept) {
      // Nothing new; yet the line must be there before the page is left.
      return navigator.onLine;
    }
    const answer = await fetch('/get-help/keep', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: text,
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
    if (!answer) return false;
    kept = text;
    if (answer.ok) sessionStorage.removeItem(mark);
    return true;
  };
  const gone = 'The line is gone. What you typed is still here, and goes on when the line is back';
  const soon = (): void => {
    clearTimeout(timer);
    if (textOf() !== atFirst) sessionStorage.setItem(mark, textOf());
    timer = setTimeout(async () => {
      const done = await keep();
      if (!done) status.textContent = gone;
      else if (status.textContent === gone) status.textContent = 'The line is back. What you typed is kept';
    }, keepAfter);
  };

  let sending = false;
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    event.preventDefault();
    if (sending) return;
    sending = true;
    const go = async (): Promise<void> => {
      for (let tries = 0; !(await keep()); tries += 1) {
        status.textContent = gone;
        await new Promise<void>((next) => {
          const again = (): void => {
            removeEventListener('online', again);
            next();
          };
          setTimeout(again, (waits[Math.min(tries, waits.length - 1)] ?? 15) * 1000);
          addEventListener('online', again);
        });
      }
      sessionStorage.removeItem(mark);
      form.submit();
    };
    void go();
  });
  addEventListener('pageshow', () => {
    sending = false;
  });
  form.addEventListener('input', () => {
    showWanted();
    soon();
  });
  form.addEventListener('change', showWanted);
  restore();
  showWanted();
}

export {};

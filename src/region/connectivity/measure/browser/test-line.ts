/** The button that tests a line: `<div data-line-test="/lines/test/…" hidden>`. Result and verdict are shown by the server. */
import { type LineTestPhase, type LineTestPlan, testLine } from '../line-test.ts';
import { packetLoss } from './packets/packet-loss.ts';

const box = document.querySelector<HTMLElement>('[data-line-test]');
const begin = box?.querySelector<HTMLButtonElement>('[data-begin]');
const state = box?.querySelector<HTMLElement>('[data-state]');
const bar = box?.querySelector<HTMLElement>('[data-progress]');
const phaseWords = box?.querySelector<HTMLElement>('[data-phase]');
const progress = box?.querySelector<HTMLProgressElement>('progress');
const agree = box?.querySelector<HTMLInputElement>('#agree');
const address = box?.dataset['lineTest'] ?? '';

const words: Readonly<Record<LineTestPhase | 'packets', string>> = {
  packets: 'Counting lost packets',
  idle: 'Measuring delay',
  download: 'Measuring download',
  upload: 'Measuring upload',
};
/** Where each phase begins and ends, of 100. */
const places: Readonly<Record<LineTestPhase | 'packets', readonly [number, number]>> = {
  ...{ packets: [0, 15], idle: [15, 25], download: [25, 62], upload: [62, 100] },
};

async function ask<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as T; // of our own server
}

let told = '';
function show(phase: LineTestPhase | 'packets', share: number, speed?: number): void {
  const [from, until] = places[phase];
  if (progress) progress.value = from + (until - from) * Math.min(1, share);
  if (phaseWords)
    phaseWords.textContent = `${words[phase]}${speed === undefined ? '' : `: ${speed.toPrecision(2)} Mbit/s`}`;
  // Screen readers hear each phase once.
  if (state && told !== phase) state.textContent = words[phase];
  told = phase;
}

async function test(): Promise<void> {
  const started = Date.now();
  const id = crypto.randomUUID();
  const plan = await ask<LineTestPlan>('/plan', {});
  show('packets', 0);
  const loss = await packetLoss(
    (offer) => ask('/packets', offer),
    (share) => show('packets', share),
  );
  const socket = (path: string) => new URL(path, location.origin.replace(/^http/, 'ws')).href;
  const result = await testLine(
    { ...plan, download: socket(plan.download), upload: socket(plan.upload), pulse: socket(plan.pulse) },
    { tell: show },
  );
  if (result.down === undefined && result.up === undefined && result.idle === undefined)
    throw new Error('nothing was measured');
  const reading = { id, started, ...result, ...(loss === undefined ? {} : { loss }) };
  // The line may need a moment to be there again.
  for (let tries = 1; ; tries += 1) {
    try {
      const { page } = await ask<{ page: string }>('/result', reading);
      location.assign(page);
      return;
    } catch (error) {
      if (tries >= 5) throw error;
      await new Promise((done) => setTimeout(done, 2000 * tries));
    }
  }
}

if (box && begin && state && bar && crypto.randomUUID !== undefined) {
  box.hidden = false;
  begin.addEventListener('click', async () => {
    if (agree && !agree.checked) {
      state.textContent = 'Tick the box first: this test uses the line’s allowance.';
      agree.focus();
      return;
    }
    begin.disabled = true;
    bar.hidden = false;
    state.classList.add('nhsuk-u-visually-hidden'); // its words stand above the bar
    try {
      await test();
    } catch (error) {
      const isFull = error instanceof Error && ['429', '503'].includes(error.message);
      state.textContent = isFull
        ? 'Too many tests run now. Try again in half a minute.'
        : 'The test could not be done: the line or this server was lost. Try again.';
      bar.hidden = true;
      state.classList.remove('nhsuk-u-visually-hidden');
      begin.disabled = false;
    }
  });
}

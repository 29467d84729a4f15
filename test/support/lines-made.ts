import { setTimeout as pause } from 'node:timers/promises';

/** Waits until the lines of the demonstration, which are made after the product listens, are there. */
export async function linesMade(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const page = await (await fetch(`${url}/lines/rules`)).text();
    if (!page.includes('are being made')) return;
    await pause(200);
  }
  throw new Error('The lines of the demonstration were not made in two minutes');
}

// Makes the app's icons, src/web/assets/icon-*.png, from our own mark: `node scripts/make-icons.ts`. The result is committed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../test/support/browser.ts';

const folder = fileURLToPath(new URL('../src/web/assets', import.meta.url));
const mark = readFileSync(join(folder, 'icon.svg'), 'utf8');

/** `maskable`: to the edge, since each device cuts its own shape out of it, with the mark inside the circle that all keep (W3C). */
const icons = [
  { name: 'icon-180', size: 180, maskable: true },
  { name: 'icon-192', size: 192, maskable: false },
  { name: 'icon-512', size: 512, maskable: false },
  { name: 'icon-maskable-512', size: 512, maskable: true },
];

const browser = await launchBrowser();
try {
  for (const { name, size, maskable } of icons) {
    const context = await browser.newContext({ viewport: { width: size, height: size } });
    const page = await context.newPage();
    const inside = maskable ? Math.round(size * 0.72) : size;
    await page.setContent(
      `<style>body{margin:0;height:100vh;display:grid;place-items:center;${maskable ? 'background:#005eb8' : ''}}svg{width:${inside}px;height:${inside}px}</style>${mark}`,
    );
    await page.screenshot({ path: join(folder, `${name}.png`), omitBackground: !maskable });
    await context.close();
  }
} finally {
  await browser.close();
}

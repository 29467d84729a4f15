import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Ending } from './support/ending.ts';
import { type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const hidden = (text: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';

describe('pages of the register of lines', () => {
  const endings: (() => Promise<unknown> | unknown)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let product: WholeProduct;
  let dev: BrowserOf;
  let sue: BrowserOf;
  let surgery = '';
  before(async () => {
    product = await wholeProduct(ending);
    dev = product.browser();
    await dev.become('Dev Malhotra');
    sue = product.browser();
    await sue.become('Sue Tanner');
  });
  after(async () => {
    for (const work of endings.reverse()) await work();
  });

  /** Fills the form at an address as a person does: what it shows, and what is changed. */
  const fill = async (who: BrowserOf, path: string, typed: Readonly<Record<string, string>>) => {
    const { text, status } = await who.get(path);
    assert.equal(status, 200, `${path}: ${text.slice(0, 500)}`);
    const fields: Record<string, string> = {};
    for (const [, name = '', value = ''] of text.matchAll(
      /<input[^>]*? name="([^"]+)"[^>]*?value="([^"]*)"/g,
    ))
      fields[name] = value;
    for (const [, name = '', inner = ''] of text.matchAll(
      /<select[^>]*? name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g,
    ))
      fields[name] = /value="([^"]*)" selected/.exec(inner)?.[1] ?? '';
    return who.post(path, {
      ...fields,
      form: hidden(text, 'form'),
      'form-for': hidden(text, 'form-for'),
      ...typed,
    });
  };

  it('lets the connectivity lead add a provider, a site and its line, each once however often it is sent', async () => {
    const provider = await fill(dev, '/lines/providers/new', {
      name: 'Test Networks',
      email: 'a@example.net',
    });
    assert.equal(provider.headers.get('location'), '/lines/providers?done=saved', provider.text);
    const site = await fill(dev, '/lines/sites/new', {
      ...{ name: 'Test Surgery', kind: 'general-practice', latitude: '54.561', longitude: '-1.32' },
      ...{ organisation_id: 'demo-harbour', organisation_name: 'Harbour Surgery' },
      opening: 'Mon-Fri 08:00-18:30',
    });
    surgery = /^\/lines\/sites\/([^?]+)\?done=saved$/.exec(site.headers.get('location') ?? '')?.[1] ?? '';
    assert.ok(surgery, site.text);
    const { text } = await dev.get(`/lines/sites/${surgery}/circuits/new`);
    const sent = {
      ...{ form: hidden(text, 'form'), 'form-for': hidden(text, 'form-for') },
      ...{ provider: /value="([0-9a-f-]{36})">Test Networks/.exec(text)?.[1] ?? '', technology: 'adsl' },
      ...{
        role: 'main',
        state: 'live',
        sold_down: '17',
        sold_up: '0.9',
        monthly: '£45',
        installed: '1/3/2015',
      },
      route: 'Mill Lane',
    };
    for (let times = 0; times < 2; times += 1) {
      const line = await dev.post(`/lines/sites/${surgery}/circuits/new`, sent);
      assert.equal(line.headers.get('location'), `/lines/sites/${surgery}?done=saved`, line.text);
    }
    const page = await dev.get(`/lines/sites/${surgery}`);
    assert.match(page.text, /Main line: ADSL2\+ \(copper\)/);
    assert.match(page.text, /17 down, 0\.9 up/);
    assert.match(page.text, /One line: when it fails, nothing stands in/);
    assert.match(page.text, /Mon-Fri 08:00-18:30/);
    assert.equal(page.text.match(/<h3/g)?.length, 1, 'it is there once');
  });

  it('says what is wrong beside each field, and keeps what was typed', async () => {
    const swapped = await fill(dev, `/lines/sites/${surgery}/edit`, {
      latitude: '-1.32',
      longitude: '54.561',
    });
    assert.equal(swapped.status, 422);
    assert.match(
      swapped.text,
      /href="#latitude">\s*Latitude -1\.32 and longitude 54\.561 are the wrong way round/,
    );
    assert.match(swapped.text, /value="54\.561"/);
    const line = await fill(dev, `/lines/sites/${surgery}/circuits/new`, {
      ...{ provider: '', technology: 'fttp', role: 'main', sold_down: '-5', sold_up: '1', monthly: '-3' },
      ...{ installed: '31/2/2025' },
    });
    assert.equal(line.status, 422);
    assert.match(line.text, /href="#provider">\s*Give the provider/);
  });

  it('shows a practice manager their own site alone, and lets them change nothing', async () => {
    const own = await sue.get(`/lines/sites/${surgery}`);
    assert.equal(own.status, 200);
    assert.doesNotMatch(own.text, /\/edit"/);
    assert.match((await sue.get('/lines')).text, /Test Surgery/);
    const other = await fill(dev, '/lines/sites/new', { name: 'Other Clinic', kind: 'clinic' });
    const path = (other.headers.get('location') ?? '').split('?')[0] ?? '';
    assert.match(path, /^\/lines\/sites\/[0-9a-f-]{36}$/);
    assert.equal((await sue.get(path)).status, 404);
    assert.equal((await sue.get(`${path}/history`)).status, 404);
    assert.doesNotMatch((await sue.get('/lines')).text, /Other Clinic/);
    assert.doesNotMatch((await sue.get('/lines.csv')).text, /Other Clinic/);
    for (const address of [
      ...[`${path}/edit`, `/lines/sites/${surgery}/edit`, '/lines/sites/new', '/lines/providers/new'],
      ...['/lines/providers', '/lines/import', `/lines/sites/${surgery}/circuits/new`],
    ])
      assert.equal((await sue.get(address)).status, 403, address);
  });

  it('shows lines to no one without business with them', async () => {
    const nurse = product.browser();
    await nurse.become('Noor Haddad');
    for (const path of ['/lines', '/lines/map', '/lines.csv', `/lines/sites/${surgery}`, '/lines/import'])
      assert.equal((await nurse.get(path)).status, 403, path);
    const stranger = await product.browser().get('/lines', { accept: 'text/html' });
    assert.ok([302, 303, 401].includes(stranger.status), String(stranger.status));
    const board = product.browser();
    await board.become('Edith Crane');
    assert.equal((await board.get(`/lines/sites/${surgery}`)).status, 200);
    assert.equal((await board.get(`/lines/sites/${surgery}/edit`)).status, 403);
  });

  it('replaces a line: the old one ends on the day on which the new one began, and both stay in the history', async () => {
    const { text } = await dev.get(`/lines/sites/${surgery}`);
    const replace = /\/lines\/circuits\/[^/]+\/replace/.exec(text)?.[0] ?? '';
    const sent = await fill(dev, replace, { technology: 'fttp', installed: '5/1/2026', state: 'live' });
    assert.equal(sent.headers.get('location'), `/lines/sites/${surgery}?done=saved`, sent.text);
    const page = await dev.get(`/lines/sites/${surgery}`);
    assert.match(page.text, /Main line: Full fibre/);
    assert.match(page.text, /Lines that ended \(1\)/);
    assert.match(page.text, /state: <del><bdi>live<\/bdi><\/del> <ins><bdi>ceased/);
    assert.match(page.text, /by <bdi>Dev Malhotra/);
    const filtered = await dev.get('/lines?line=off-copper');
    assert.match(filtered.text, /Test Surgery/);
    assert.doesNotMatch((await dev.get('/lines?line=copper')).text, /Test Surgery/);
  });

  /** Brings a file as a browser without script does, and waits until it was looked through. */
  const bring = async (name: string, content: string): Promise<{ path: string; text: string }> => {
    const { text } = await dev.get('/lines/import');
    const edge = 'edge-of-a-part';
    const part = (field: string, value: string, file = '') =>
      `--${edge}\r\ncontent-disposition: form-data; name="${field}"${file === '' ? '' : `; filename="${file}"\r\ncontent-type: text/csv`}\r\n\r\n${value}\r\n`;
    const body = `${part('form', hidden(text, 'form'))}${part('form-for', hidden(text, 'form-for'))}${part('file-file', content, name)}--${edge}--\r\n`;
    const answer = await product.ask('/lines/import', {
      ...{ method: 'POST', body },
      headers: {
        ...{ 'content-type': `multipart/form-data; boundary=${edge}`, accept: 'text/html' },
        ...{ origin: 'https://care.example', 'sec-fetch-site': 'same-origin' },
        cookie: [...dev.cookies].map(([key, value]) => `${key}=${value}`).join('; '),
      },
    });
    const path = answer.headers.get('location') ?? '';
    assert.match(path, /^\/lines\/import\/[0-9a-f-]{36}$/, answer.text);
    return { path, text: await settled(path) };
  };
  const settled = async (path: string): Promise<string> => {
    for (let times = 0; times < 200; times += 1) {
      const { text } = await dev.get(path);
      if (!text.includes('See how far it is')) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('The import did not come to an end');
  };
  const load = async (path: string, more: Readonly<Record<string, string>> = {}) => {
    const { text } = await dev.get(path);
    const sent = { form: hidden(text, 'form'), 'form-for': hidden(text, 'form-for'), ...more };
    return dev.post(path, sent);
  };

  it('shows what a file would change, refuses it whole for one bad row, and loads it when asked to leave that out', async () => {
    const file =
      'ods,name,kind,latitude,longitude\nZY901,North Clinic,clinic,54.6,-1.3\nZY902,Wet Clinic,clinic,54,9\n';
    const { path, text } = await bring('clinics.csv', file);
    assert.match(text, /1 added/);
    assert.match(text, /1 refused/);
    assert.match(text, /Wet Clinic/);
    assert.match(text, /not on land in the United Kingdom/);
    assert.doesNotMatch((await dev.get('/lines?find=ZY901')).text, /North Clinic/, 'nothing is loaded yet');
    const whole = await load(path);
    assert.equal(whole.status, 422);
    assert.match(whole.text, /Mend the refused rows/);
    assert.equal((await load(path, { leave: 'yes' })).status, 303);
    assert.match(await settled(path), /<strong>Loaded\.<\/strong>/);
    assert.match((await dev.get('/lines?find=ZY901')).text, /North Clinic/);
    const again = await bring('clinics.csv', file);
    assert.match(again.text, /1 unchanged/);
    assert.equal((await sue.get(path)).status, 403);
  });

  it('gives out files that come in again without a change', async () => {
    for (const [name, most] of [
      ['sites.csv', 3],
      ['sites.geojson', 3],
      ['providers.csv', 1],
      ['lines.csv', 2],
    ] as const) {
      const { text } = await dev.get(`/lines/export/${name}`);
      const { text: preview } = await bring(name, text);
      assert.doesNotMatch(preview, /\d refused/, name);
      assert.match(preview, /0 added/, name);
      assert.match(preview, /0 changed/, name);
      assert.ok(Number(/([\d,]+) unchanged/.exec(preview)?.[1]?.replace(',', '')) >= most, name);
    }
    assert.equal((await sue.get('/lines/export/sites.csv')).status, 403);
  });

  it('refuses what is no table, and says why', async () => {
    const { text } = await bring('letter.csv', 'Dear all,\nthe line is slow.\n');
    assert.match(text, /<strong>Refused\.<\/strong>/);
    assert.match(text, /headings are of no table that we know/);
  });

  it('draws the map for any line, with a list behind, and gives its data to one that moves', async () => {
    const { text } = await dev.get('/lines/map?layer=technology');
    assert.match(text, /<svg class="tl-chart__drawing/);
    assert.match(text, /Show as a list/);
    assert.match(text, /data-lines-map/);
    const slow = await dev.get('/lines/map', { 'save-data': 'on' });
    assert.doesNotMatch(slow.text, /data-lines-map/);
    assert.equal((await dev.get('/lines/map?layer=none')).status, 400);
    const data = JSON.parse((await sue.get('/lines/map.json')).text) as {
      sites: { features: { properties: { id: string } }[] };
    };
    const ids = data.sites.features.map(({ properties }) => properties.id);
    assert.ok(ids.includes(surgery));
    assert.ok(
      ids.every((id) => id === surgery || id.startsWith('demo-harbour')),
      ids.join(),
    );
    const code = /data-code="([^"]+)"/.exec(text)?.[1] ?? '';
    assert.equal((await dev.get(code)).status, 200);
    assert.equal((await dev.get('/lines/map-parts/0/..%2f..%2fpackage.json')).status, 404);
  });
});

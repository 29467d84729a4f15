import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isLowData } from './low-data.ts';
import { dataUses, parsePreferences, preferencesCookie, themes, usualPreferences } from './preferences.ts';
import { languageKeys } from './words/languages.ts';

describe('less data', () => {
  it('is what someone chose, whatever their browser and line say', () => {
    assert.equal(isLowData('less', {}), true);
    assert.equal(isLowData('full', { 'save-data': 'on', ect: '2g' }, { down: 0.5 }), false);
  });

  it('is else what the browser asks for, or tells of its connection', () => {
    for (const headers of [{ 'save-data': 'on' }, { ect: 'slow-2g' }, { ect: '3g' }, { downlink: '0.7' }])
      assert.equal(isLowData('auto', headers), true, JSON.stringify(headers));
    for (const headers of [
      {},
      { 'save-data': 'off' },
      { ect: '4g', downlink: '10' },
      { ect: '4g', downlink: '1.5' },
      { downlink: 'fast' },
    ])
      assert.equal(isLowData('auto', headers), false, JSON.stringify(headers));
  });

  it('is else what the measured line of the site needs', () => {
    assert.equal(isLowData('auto', {}, { down: 1.5, up: 0.4, roundTrip: 120 }), true);
    assert.equal(isLowData('auto', {}, { roundTrip: 650 }), true);
    assert.equal(isLowData('auto', {}, { down: 900, roundTrip: 8 }), false);
  });
});

describe('preferences', () => {
  it('come out of their cookie as they went in, beside other cookies', () => {
    fc.assert(
      fc.property(
        fc.record({
          language: fc.constantFrom(...languageKeys),
          theme: fc.constantFrom(...themes),
          data: fc.constantFrom(...dataUses),
          keys: fc.constantFrom('on' as const, 'off' as const),
          computer: fc.constantFrom('own' as const, 'shared' as const),
        }),
        (made) => {
          const preferences = { ...made };
          const [pair = ''] = preferencesCookie(preferences, true).split(';');
          assert.deepEqual(parsePreferences(pair), preferences);
          assert.deepEqual(parsePreferences(`session=abc; ${pair}; other=1`), preferences);
        },
      ),
    );
  });

  it('are the usual ones where the cookie is missing or makes no sense', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { language, theme, data } = parsePreferences(`display=${text}`);
        assert.ok(languageKeys.includes(language) && themes.includes(theme) && dataUses.includes(data));
      }),
    );
    for (const cookie of [undefined, '', 'display=', 'display=xx.pink.most.on', 'undisplay=cy.dark.less.on'])
      assert.deepEqual(parsePreferences(cookie), usualPreferences, String(cookie));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HumanName } from '@medplum/fhirtypes';
import { bannerName, chooseName, noName, plainName } from './names.ts';

describe('names', () => {
  const cases: [string, HumanName | undefined, string, string][] = [
    [
      'all parts',
      { prefix: ['Mr.'], given: ['Adán', 'J'], family: 'Portillo' },
      'PORTILLO, Adán J (Mr)',
      'Mr Adán J Portillo',
    ],
    ['family only', { family: 'O’Neill' }, 'O’NEILL', 'O’Neill'],
    ['given only', { given: ['Sukarno'] }, 'Sukarno', 'Sukarno'],
    ['text only', { text: 'محمد بن عبد الله' }, 'محمد بن عبد الله', 'محمد بن عبد الله'],
    ['nothing', undefined, noName, noName],
    ['empty parts', { given: [''], family: ' ' }, noName, noName],
  ];
  for (const [what, name, banner, plain] of cases) {
    it(`writes a name with ${what}`, () => {
      assert.equal(bannerName(name), banner);
      assert.equal(plainName(name), plain);
    });
  }

  it('never shows what is not text, whatever was sent', () => {
    const odd = { family: { x: 1 }, given: [null, 5, 'Ann'] } as unknown as HumanName;
    assert.equal(bannerName(odd), 'Ann');
  });

  it('chooses the name in use now: a current one before one that has ended, a maiden name last', () => {
    const maiden: HumanName = { use: 'maiden', family: 'Jones' };
    const official: HumanName = { use: 'official', family: 'Huels' };
    const ended: HumanName = { use: 'usual', family: 'Before', period: { end: '2001-01-01' } };
    assert.equal(chooseName([maiden, ended, official], '2026-11-22'), official);
    assert.equal(chooseName([maiden], '2026-11-22'), maiden);
    assert.equal(chooseName([{ use: 'official' }, maiden], '2026-11-22'), maiden);
    assert.equal(chooseName(undefined, '2026-11-22'), undefined);
  });
});

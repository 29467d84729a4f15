import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

const root = join(import.meta.dirname, '..');
const guide = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Names of tests in a file, as they stand there. */
const namesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/\b(?:test|it)\(\s*(['`"])((?:(?!\1).)+)\1/gs)].map(([, , name = '']) => name));

test('every test that the security guide names is there', () => {
  const cited = [...guide.matchAll(/`([\w./-]+\.test\.ts) › ([^`]+)`/g)];
  assert.ok(cited.length > 80);
  for (const [, file = '', name = ''] of cited)
    assert.ok(namesIn(readFileSync(join(root, file), 'utf8')).has(name), `${file} has no test “${name}”`);
  const files = guide.match(/[\w./-]+\.test\.ts/g) ?? [];
  assert.equal(files.length, cited.length, 'each file is named with one of its tests');
});

/** Requirements of level 2, section by section: the numbers that each has. Source: OWASP ASVS 4.0.3, its table of requirements. */
const levelTwo: Readonly<Record<string, string>> = {
  ...{ '1.1': '1-7', '1.2': '1-4', '1.4': '1 4 5', '1.5': '1-4', '1.6': '1-4', '1.7': '1-2', '1.8': '1-2' },
  ...{ '1.9': '1-2', '1.10': '1', '1.11': '1-2', '1.12': '2', '1.14': '1-6' },
  ...{ '2.1': '1-12', '2.2': '1-3', '2.3': '1-3', '2.4': '1-6', '2.5': '1-7', '2.6': '1-3', '2.7': '1-6' },
  ...{ '2.8': '1-7', '2.9': '1-3', '2.10': '1-4' },
  ...{ '3.1': '1', '3.2': '1-4', '3.3': '1-4', '3.4': '1-5', '3.5': '1-3', '3.7': '1' },
  ...{ '4.1': '1-3 5', '4.2': '1-2', '4.3': '1-3' },
  ...{ '5.1': '1-5', '5.2': '1-8', '5.3': '1-10', '5.4': '1-3', '5.5': '1-4' },
  ...{ '6.1': '1-3', '6.2': '1-6', '6.3': '1-2', '6.4': '1-2' },
  ...{ '7.1': '1-4', '7.2': '1-2', '7.3': '1 3 4', '7.4': '1-3' },
  ...{ '8.1': '1-4', '8.2': '1-3', '8.3': '1-8', '9.1': '1-3', '9.2': '1-4', '10.2': '1-2', '10.3': '1-3' },
  ...{ '11.1': '1-8', '12.1': '1-3', '12.2': '1', '12.3': '1-6', '12.4': '1-2', '12.5': '1-2', '12.6': '1' },
  ...{ '13.1': '1 3-5', '13.2': '1-3 5-6', '13.3': '1-2', '13.4': '1-2' },
  ...{ '14.1': '1-4', '14.2': '1-6', '14.3': '2-3', '14.4': '1-7', '14.5': '1-4' },
};

const span = (section: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${section}.${from + i}`);

test('the security guide answers each requirement of level 2 once', () => {
  const wanted = Object.entries(levelTwo).flatMap(([section, numbers]) =>
    numbers.split(' ').flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return span(section, from, to);
    }),
  );
  const answered = [...guide.matchAll(/^\| (\d[\d., –]*) \| (met|part|no|yours|–) \| .+ \|$/gm)].flatMap(
    ([, ids = '']) =>
      ids.split(', ').flatMap((part) => {
        const [first = '', last = first] = part.split(' – ');
        const section = first.slice(0, first.lastIndexOf('.'));
        const number = (id: string) => Number(id.slice(id.lastIndexOf('.') + 1));
        return span(section, number(first), number(last));
      }),
  );
  assert.deepEqual(answered.toSorted(), wanted.toSorted());
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { makeStyles, stylesFile } from '../scripts/make-styles.ts';

test('the committed style sheet is what `npm run styles` makes', async () => {
  assert.equal(readFileSync(stylesFile, 'utf8'), await makeStyles());
});

test('the style sheet asks no other server for anything, a font least of all', () => {
  const css = readFileSync(stylesFile, 'utf8');
  assert.doesNotMatch(css, /@font-face|@import|url\(["']?(?:https?:)?\/\//);
});

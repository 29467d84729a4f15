import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { defineWords, type Phrase, say } from '../src/web/words/define-words.ts';
import { languages } from '../src/web/words/languages.ts';
import { localDate, localNumber } from '../src/web/words/local-format.ts';
import { shellWords } from '../src/web/words/shell-words.ts';
import { voiceOf } from '../src/web/words/spoken.ts';
import { readingGrade, sentencesOf, syllablesOf } from './support/reading-grade.ts';

const src = resolve(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).map((file) =>
  file.replaceAll('\\', '/'),
);
const textOf = (file: string): string => readFileSync(join(src, file), 'utf8');
const templates = files.filter((file) => file.endsWith('.njk'));
const sources = files.filter((file) => /\.ts$/.test(file) && !file.endsWith('.test.ts'));
/** Files that hold a room's words: their keys begin with a name and a dot. */
const wordFiles = sources.filter((file) => /(^|\/)(shell-)?words(-[a-z]+)?\.ts$/.test(file));
const keysIn = (text: string): string[] =>
  [...text.matchAll(/^\s*'([a-z][\w-]*\.[\w.-]+)':/gm)].map((match) => match[1] ?? '');
const known = new Set(wordFiles.flatMap((file) => keysIn(textOf(file))));

/** A template's text for people, without its code. */
const shown = (template: string): string =>
  template.replaceAll(/\{#[\s\S]*?#\}/g, '').replaceAll(/\{%[\s\S]*?%\}|\{\{[\s\S]*?\}\}/g, ' ');

const formsOf = (phrase: Phrase): string[] => (typeof phrase === 'string' ? [phrase] : Object.values(phrase));
const slots = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe('the words of the shell', () => {
  it('are whole in Welsh and Urdu, with the same values in each', () => {
    for (const [key, phrase] of Object.entries(shellWords.en) as [keyof typeof shellWords.en, Phrase][])
      for (const language of ['cy', 'ur'] as const) {
        const other = shellWords[language][key];
        assert.ok(other, `${language} lacks ${key}`);
        for (const form of formsOf(other))
          assert.deepEqual(slots(form), slots(formsOf(phrase).join(' ')), `${language} ${key}: ${form}`);
        // The word for data is the same in Welsh.
        if (key !== 'settings.data' || language !== 'cy')
          assert.notEqual(JSON.stringify(other), JSON.stringify(phrase), `${language} ${key} is English`);
      }
  });

  it('have a form for each plural rule of their language', () => {
    for (const language of ['en', 'cy', 'ur'] as const) {
      const rules = new Intl.PluralRules(languages[language].tag).resolvedOptions().pluralCategories;
      for (const [key, phrase] of Object.entries(shellWords[language]))
        if (typeof phrase !== 'string')
          assert.deepEqual(Object.keys(phrase).sort(), [...rules].sort(), `${language} ${key}`);
    }
  });

  it('are all said somewhere', () => {
    const said = [...templates, ...sources.filter((file) => !wordFiles.includes(file))]
      .map(textOf)
      .join('\n');
    const built = new Set(['app.home', 'app.record', 'app.appointments', 'app.messages', 'app.more']);
    const unused = Object.keys(shellWords.en).filter(
      (key) => !built.has(key) && !said.includes(`'${key}'`) && !said.includes(`"${key}"`),
    );
    assert.deepEqual(unused, []);
  });
});

describe('templates', () => {
  it('say no words that are not there', () => {
    const missing: string[] = [];
    for (const file of templates)
      for (const [, key = ''] of textOf(file).matchAll(/\b(?:t|s|plain)\(\s*["']([^"']+)["']\s*[,)]/g))
        if (!known.has(key)) missing.push(`${file}: ${key}`);
    assert.deepEqual(missing, []);
  });

  it('of the frame hold no text of their own, so that all of it can be in another language', () => {
    const frame = ['layout', 'app', 'header', 'footer', 'places', 'error'].map(
      (name) => `web/views/${name}.njk`,
    );
    for (const file of frame) {
      const text = shown(textOf(file));
      const loose = text.replaceAll(/<[^>]*>/g, ' ').match(/[\p{L}]{2,}/gu) ?? [];
      assert.deepEqual(loose, [], file);
      const attributes = [...text.matchAll(/\b(?:aria-label|alt|title|placeholder)="([^"]*\p{L}[^"]*)"/gu)];
      assert.deepEqual(
        attributes.map(([whole]) => whole),
        [],
        file,
      );
    }
  });
});

describe('words', () => {
  const words = defineWords({
    en: { 'x.hello': 'Hello, {name}', 'x.messages': { one: '{count} message', other: '{count} messages' } },
    cy: { 'x.hello': 'Helo, {name}' },
  });

  it('are said in the language asked for, else in English, and tell which', () => {
    assert.deepEqual(say(words, 'cy', 'x.hello', { name: 'Nia' }), { text: 'Helo, Nia', language: 'cy' });
    assert.deepEqual(say(words, 'ur', 'x.hello', { name: 'Nia' }), { text: 'Hello, Nia', language: 'en' });
  });

  it('choose the plural by the rules of the language that they are in', () => {
    assert.equal(say(words, 'en', 'x.messages', { count: 1 }).text, '1 message');
    assert.equal(say(words, 'cy', 'x.messages', { count: 1234 }).text, '1,234 messages');
  });

  it('fail loudly for a key or a value that is missing', () => {
    assert.throws(() => say(words as never, 'en', 'x.nothing' as never), /No words are called x.nothing/);
    assert.throws(() => say(words, 'en', 'x.hello'), /need a value for name/);
    assert.throws(() => say(words as never, 'en', 'constructor' as never), /No words are called/);
  });

  it('are marked in a page with their language where the page is in another, and escaped', () => {
    const value = { name: '<b>"Nia"</b>' };
    const inWelsh = voiceOf(words, 'cy', true);
    assert.equal(
      String(inWelsh.t('x.hello', value)),
      'Helo, <b>"Nia"</b>',
      'plain text, which the template escapes',
    );
    assert.equal(
      String(inWelsh.t('x.messages', { count: 2 })),
      '<span lang="en-GB" dir="ltr">2 messages</span>',
    );
    const inEnglish = voiceOf(words, 'cy', false);
    assert.equal(
      String(inEnglish.t('x.hello', value)),
      '<span lang="cy" dir="ltr">Helo, &lt;b&gt;&quot;Nia&quot;&lt;/b&gt;</span>',
    );
    assert.equal(String(inEnglish.s('x.hello', { name: 'Nia' })), 'Helo, Nia');
  });

  it('write dates and numbers as the language does', () => {
    assert.equal(localDate('en', '2024-01-05'), '5 January 2024');
    assert.equal(localDate('cy', '2024-01-05'), '5 Ionawr 2024');
    assert.match(localDate('ur', '2024-01-05'), /جنوری/);
    assert.equal(localDate('cy', '2024-01'), 'Ionawr 2024');
    assert.equal(localDate('cy', '2024'), '2024');
    assert.equal(localDate('cy', 'soon'), 'soon');
    assert.equal(localNumber('cy', 1234.5), '1,234.5');
  });
});

describe('English for everyone', () => {
  it('is measured by a formula that gives what its authors give', () => {
    assert.equal(syllablesOf('appointment'), 3);
    assert.equal(syllablesOf('record'), 2);
    assert.equal(syllablesOf('saved'), 1);
    assert.ok((readingGrade(sentencesOf('The cat sat on the mat.')) ?? 99) < 2);
    const hard =
      'Notwithstanding interoperability considerations, organisational accountability necessitates authorisation.';
    assert.ok((readingGrade(sentencesOf(hard)) ?? 0) > 15);
  });

  it('takes no more than eight years of school in the shell’s words', () => {
    const sentences = Object.values<Phrase>(shellWords.en).flatMap(formsOf).flatMap(sentencesOf);
    const grade = readingGrade(sentences) ?? 99;
    assert.ok(grade <= 8, `grade ${grade.toFixed(1)}`);
  });

  it('takes no more than eight years of school on the pages of patients and of the service itself', (t) => {
    const rooms = ['start', 'about', 'my-record', 'sharing', 'who-looked', 'app-consent', 'sign-in'];
    for (const room of rooms) {
      const folder = join(src, 'services', room, 'views');
      if (!existsSync(folder)) continue;
      const sentences = readdirSync(folder).flatMap((file) =>
        [...shown(readFileSync(join(folder, file), 'utf8')).matchAll(/<(p|li|dd)\b[^>]*>([\s\S]*?)<\/\1>/g)]
          .map(([, , html = '']) => html.replaceAll(/<[^>]*>/g, '').replaceAll(/\s+/g, ' '))
          .flatMap(sentencesOf),
      );
      const grade = readingGrade(sentences) ?? 0;
      t.diagnostic(`${room}: grade ${grade.toFixed(1)} over ${sentences.length} sentences`);
      assert.ok(grade <= 8, `${room}: grade ${grade.toFixed(1)}`);
    }
  });
});

// Turns the style sheet's colours into variables with values for each theme, and its sides into those of the writing direction.
// The design system has neither; its colours are few and each stands for something, told by where it is used.

type Use = 'text' | 'surface' | 'line';

interface ThemeColour {
  readonly use: Use;
  /** As esbuild writes it. */
  readonly light: string;
  readonly dark: string;
  /** Black on white, and white on black. */
  readonly contrastLight: string;
  readonly contrast: string;
}

const colour = (
  use: Use,
  light: string,
  dark: string,
  contrastLight: string,
  contrast: string,
): ThemeColour => ({ use, light, dark, contrastLight, contrast });

/** Every colour that a theme changes. What is not here is white on a strong colour, dark on a pale one, or focus: the same in all. */
export const themeColours: readonly ThemeColour[] = [
  colour('text', '#212b32', '#e8edee', '#000', '#fff'),
  colour('text', '#212b32fc', '#e8edee', '#000', '#fff'),
  colour('text', '#005eb8b3', '#8dc3f5b3', '#00308f', '#ffeb3b'),
  colour('text', '#4c6272', '#b5c2ca', '#000', '#fff'),
  colour('text', '#005eb8', '#8dc3f5', '#00308f', '#ffeb3b'),
  colour('text', '#330072', '#d3b8ff', '#330072', '#ffd0ff'),
  colour('text', '#7c2855', '#f5a9cf', '#7c2855', '#fff'),
  colour('text', '#002f5c', '#c5e1fb', '#002f5c', '#fff'),
  colour('text', '#004b93', '#b3d7f8', '#002f5c', '#fff'),
  colour('text', '#003d78', '#c5e1fb', '#002f5c', '#fff'),
  colour('text', '#d5281b', '#ff9a91', '#a30e04', '#ff9a91'),
  colour('text', '#007f3b', '#6fd19b', '#004d23', '#7dffb2'),
  colour('surface', '#fff', '#1c262d', '#fff', '#000'),
  colour('surface', '#f0f4f5', '#10181d', '#fff', '#000'),
  colour('surface', '#d8dde0', '#263139', '#fff', '#000'),
  colour('surface', '#e0e4e6', '#33414b', '#d8dde0', '#333'),
  colour('surface', '#fff9c4', '#3b350f', '#fff', '#000'),
  colour('surface', '#d9e7f4', '#1f3d5a', '#d9e7f4', '#333'),
  colour('surface', '#c7dcef', '#2a4e71', '#c7dcef', '#444'),
  colour('line', '#212b32', '#e8edee', '#000', '#fff'),
  colour('line', '#000000', '#e8edee', '#000', '#fff'),
  colour('line', '#4c6272', '#b5c2ca', '#000', '#fff'),
  colour('line', '#aeb7bd', '#5f717d', '#000', '#fff'),
  colour('line', '#d8dde0', '#3d4c56', '#4c6272', '#d8dde0'),
  colour('line', '#f0f4f5', '#2c3942', '#4c6272', '#d8dde0'),
  colour('line', '#005eb8', '#8dc3f5', '#00308f', '#ffeb3b'),
  colour('line', '#d5281b', '#ff9a91', '#a30e04', '#ff9a91'),
  colour('line', '#007f3b', '#6fd19b', '#004d23', '#7dffb2'),
];

const letters: Readonly<Record<Use, string>> = { text: 't', surface: 's', line: 'l' };
const nameOf = ({ use, light }: ThemeColour): string => `--${letters[use]}${light.slice(1)}`;
const byUse = new Map(themeColours.map((one) => [`${one.use} ${one.light}`, nameOf(one)]));

const useOf = (property: string): Use | undefined => {
  if (/^(color|fill|stroke|text-decoration(-color)?|caret-color)$/.test(property)) return 'text';
  if (/^background(-color)?$/.test(property)) return 'surface';
  return /^(border|outline|box-shadow|column-rule)/.test(property) ? 'line' : undefined;
};

const colourPattern = /#[0-9a-f]{3,8}\b/g;

/** The selectors of a rule; commas within brackets part none. */
const selectorsOf = (selector: string): string[] => selector.split(/,(?![^(]*\))/);

const showsFocus = (selector: string): boolean => selector.replace(/:not\([^)]*\)/g, '').includes(':focus');

/** Colours of a rule that stands on a background of its own, or shows focus, belong together and stay. */
function isFixed(selector: string, declarations: readonly string[]): boolean {
  if (showsFocus(selector)) return true;
  return declarations.some((declaration) => {
    const [property = '', value = ''] = split(declaration);
    if (useOf(property) !== 'surface') return false;
    return (value.match(colourPattern) ?? []).some((found) => !byUse.has(`surface ${found}`));
  });
}

const split = (declaration: string): [string, string] => {
  const colon = declaration.indexOf(':');
  return [declaration.slice(0, colon), declaration.slice(colon + 1)];
};

/** Properties of a side, as those of the writing direction. */
const sides: readonly (readonly [RegExp, string])[] = [
  [/^(margin|padding)-left$/, '$1-inline-start'],
  [/^(margin|padding)-right$/, '$1-inline-end'],
  [/^border-left(-.+)?$/, 'border-inline-start$1'],
  [/^border-right(-.+)?$/, 'border-inline-end$1'],
  [/^border-(top|bottom)-left-radius$/, 'border-$1-start-radius'],
  [/^border-(top|bottom)-right-radius$/, 'border-$1-end-radius'],
  [/^left$/, 'inset-inline-start'],
  [/^right$/, 'inset-inline-end'],
];

function directed(property: string, value: string): [string, string] {
  if (property === 'text-align') {
    const start = value.replace(/^left\b/, 'start').replace(/^right\b/, 'end');
    return [property, start];
  }
  for (const [pattern, to] of sides) {
    if (pattern.test(property)) {
      const name = property.replace(pattern, to);
      return [name.replace('border-top-', 'border-start-').replace('border-bottom-', 'border-end-'), value];
    }
  }
  return [property, value];
}

const opposite: Readonly<Record<string, string>> = { left: 'right', right: 'left' };

/** A selector within text that runs from right to left, and not within some that runs from left to right inside it. */
const rightToLeft = (selector: string): string =>
  selectorsOf(selector)
    .map((one) => {
      const [whole, pseudo] = /^(.*?)(::?(?:before|after))?$/.exec(one)?.slice(1) ?? [one, ''];
      return `[dir=rtl] ${whole}:not([dir=ltr] *)${pseudo ?? ''}`;
    })
    .join(',');

function rule(selector: string, body: string, inPrint: boolean): string {
  const selectors = selectorsOf(selector);
  const focus = selectors.filter(showsFocus);
  if (focus.length > 0 && focus.length < selectors.length) {
    const others = selectors.filter((one) => !showsFocus(one));
    return rule(others.join(','), body, inPrint) + rule(focus.join(','), body, inPrint);
  }
  const declarations = body.split(/;(?![^(]*\))/).filter(Boolean);
  const fixed = inPrint || isFixed(selector, declarations);
  const turned: string[] = [];
  const themed = declarations.map((declaration) => {
    const [given, value] = split(declaration);
    if (given.startsWith('--')) return declaration;
    const [property, said] = directed(given, value);
    if (property === 'float' && opposite[value]) turned.push(`float:${opposite[value]}`);
    const use = useOf(given);
    const shown =
      use === undefined || fixed
        ? said
        : said.replace(colourPattern, (found) => {
            const name = byUse.get(`${use} ${found}`);
            return name === undefined ? found : `var(${name})`;
          });
    return `${property}:${shown}`;
  });
  const other = turned.length > 0 ? `${rightToLeft(selector)}{${turned.join(';')}}` : '';
  return `${selector}{${themed.join(';')}}${other}`;
}

const valuesOf = (theme: Exclude<keyof ThemeColour, 'use'>): string =>
  themeColours.map((one) => `${nameOf(one)}:${one[theme]}`).join(';');

/** Chosen by someone, else as their device says; on paper always light. */
function themes(): string {
  const light = `:root{color-scheme:light;${valuesOf('light')}}`;
  const dark = `color-scheme:dark;${valuesOf('dark')}`;
  const contrast = `color-scheme:dark;${valuesOf('contrast')}`;
  const own = ':root:not([data-theme])';
  return (
    `${light}@media screen{:root[data-theme=dark]{${dark}}:root[data-theme=contrast]{${contrast}}}` +
    `@media screen and (prefers-color-scheme:dark){${own}{${dark}}}` +
    `@media screen and (prefers-contrast:more){${own}{color-scheme:light;${valuesOf('contrastLight')}}}` +
    `@media screen and (prefers-contrast:more) and (prefers-color-scheme:dark){${own}{${contrast}}}`
  );
}

/** The minified style sheet of one theme and direction as one for all of them. */
export function themeStyles(css: string): string {
  const open: string[] = [];
  let out = '';
  let start = 0;
  for (let at = 0; at < css.length; at += 1) {
    const sign = css[at];
    if (sign === '{') {
      const end = css.indexOf('}', at);
      const inner = css.indexOf('{', at + 1);
      const prelude = css.slice(start, at);
      if (inner >= 0 && inner < end) {
        open.push(prelude);
        out += `${prelude}{`;
        start = at + 1;
        continue;
      }
      const isRule = !prelude.startsWith('@') && !open.some((one) => one.startsWith('@keyframes'));
      const body = css.slice(at + 1, end);
      const inPrint = open.some((one) => /^@media print/.test(one));
      out += isRule ? rule(prelude, body, inPrint) : `${prelude}{${body}}`;
      at = end;
      start = end + 1;
    } else if (sign === '}') {
      open.pop();
      out += '}';
      start = at + 1;
    } else if (sign === ';' && css[start] === '@') {
      out += css.slice(start, at + 1);
      start = at + 1;
    }
  }
  const charset = /^@charset "[^"]+";/.exec(out)?.[0] ?? '';
  return charset + themes() + out.slice(charset.length);
}

/**
 * A letter as a PDF of A4 pages that a screen reader can read: tagged, with its title and language. It writes no more than a
 * letter needs, at once and with the same bytes each time. Source: ISO 32000-1 §7, §9.6.2.2 (standard fonts), §14.7, §14.8.
 */

export interface Letter {
  readonly title: string;
  readonly author: string;
  /** ISO 8601, in UTC. */
  readonly written: string;
  readonly parts: readonly LetterPart[];
}

export interface LetterPart {
  readonly kind: 'title' | 'heading' | 'text' | 'small';
  /** Lines are kept; long ones are broken. */
  readonly text: string;
}

const page = { width: 595, height: 842, margin: 56 };
const shapes = {
  title: { font: 'F2', size: 15, lead: 20, after: 8, tag: 'H1' },
  heading: { font: 'F2', size: 11, lead: 15, after: 2, tag: 'H2' },
  text: { font: 'F1', size: 11, lead: 15, after: 8, tag: 'P' },
  small: { font: 'F1', size: 9, lead: 12, after: 6, tag: 'P' },
} as const;

interface Placed {
  readonly part: LetterPart;
  readonly lines: readonly string[];
  readonly top: number;
  readonly page: number;
}

export function letterPdf({ title, author, written, parts }: Letter): Buffer {
  const placed = place(parts);
  const pages = Math.max(1, ...placed.map((one) => one.page + 1));
  // Objects: catalogue, page tree, two fonts, information, root of the tags, document tag; then pages with contents; then tags.
  const firstPage = 8;
  const firstTag = firstPage + 2 * pages;
  const tagOf = (index: number): number => firstTag + index;
  const day = `(D:${written.replaceAll(/\D/g, '').slice(0, 14)}Z)`;
  const kids = (count: number, numberOf: (i: number) => number): string =>
    Array.from({ length: count }, (_, i) => `${numberOf(i)} 0 R`).join(' ');
  const inPage = Array.from({ length: pages }, (_, number) =>
    placed.map((one, index) => ({ one, index })).filter(({ one }) => one.page === number),
  );
  const objects = [
    '<</Type/Catalog/Pages 2 0 R/Lang(en-GB)/MarkInfo<</Marked true>>/StructTreeRoot 6 0 R/ViewerPreferences<</DisplayDocTitle true>>>>',
    `<</Type/Pages/Count ${pages}/Kids[${kids(pages, (i) => firstPage + 2 * i)}]>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>',
    `<</Title ${literal(title)}/Author ${literal(author)}/CreationDate${day}/ModDate${day}>>`,
    `<</Type/StructTreeRoot/K 7 0 R/ParentTree<</Nums[${inPage.map((all, i) => `${i}[${all.map(({ index }) => `${tagOf(index)} 0 R`).join(' ')}]`).join('')}]>>>>`,
    `<</S/Document/P 6 0 R/K[${kids(placed.length, tagOf)}]>>`,
    ...inPage.flatMap((all, i) => {
      const content = all.map(({ one }, mark) => drawn(one, mark)).join('\n');
      return [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${page.width} ${page.height}]/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/Contents ${firstPage + 2 * i + 1} 0 R/StructParents ${i}/Tabs/S>>`,
        `<</Length ${content.length}>>stream\n${content}\nendstream`,
      ];
    }),
    ...inPage.flatMap((all, i) =>
      all.map(
        ({ one }, mark) =>
          `<</S/${shapes[one.part.kind].tag}/P 7 0 R/Pg ${firstPage + 2 * i} 0 R/K ${mark}>>`,
      ),
    ),
  ];
  return Buffer.from(file(objects), 'latin1');
}

/** Parts are kept whole on a page: none of a letter's is as long as one. */
function place(parts: readonly LetterPart[]): Placed[] {
  const placed: Placed[] = [];
  let top: number = page.margin;
  let number = 0;
  for (const part of parts) {
    const { font, size, lead, after } = shapes[part.kind];
    const lines = encoded(part.text)
      .split('\n')
      .flatMap((line) => broken(line, size, font === 'F2' ? 1.06 : 1));
    const height = lines.length * lead;
    if (top + height > page.height - page.margin && top > page.margin) {
      number++;
      top = page.margin;
    }
    placed.push({ part, lines, top, page: number });
    top += height + after;
  }
  return placed;
}

function drawn({ part, lines, top }: Placed, mark: number): string {
  const { font, size, lead, tag } = shapes[part.kind];
  const start = `${page.margin} ${page.height - top - size}`;
  const shown = lines.map((line, i) => `${i === 0 ? '' : 'T* '}${escaped(line)} Tj`).join('\n');
  return `/${tag}<</MCID ${mark}>>BDC\nBT /${font} ${size} Tf ${lead} TL ${start} Td\n${shown}\nET\nEMC`;
}

function file(objects: readonly string[]): string {
  let text = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  const places: number[] = [];
  for (const [i, object] of objects.entries()) {
    places.push(text.length);
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
  }
  const entries = places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  return `${text}xref\n0 ${size}\n0000000000 65535 f \n${entries}trailer\n<</Size ${size}/Root 1 0 R/Info 5 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
}

/** Characters of Windows-1252 that are not where Unicode has them. Source: ISO 32000-1 Annex D (WinAnsiEncoding). */
const moved = new Map(
  [...'\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d'].map((c, i) => [
    c,
    [0x80, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8e][i] ?? 0x3f,
  ]),
);
for (const [i, c] of [...'\u2018\u2019\u201c\u201d\u2022\u2013\u2014'].entries()) moved.set(c, 0x91 + i);

/** Letters that do not come apart into a base and a mark. */
const plainLetters: Readonly<Record<string, string>> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
  '≥': 'at least ',
};

/** One byte a character; what Windows-1252 has not is written without its marks. */
function encoded(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const other = moved.get(character);
    if (other !== undefined) out += String.fromCharCode(other);
    else if (character === '\n' || (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff))
      out += character;
    else if (plainLetters[character] !== undefined) out += plainLetters[character];
    else out += character.normalize('NFKD').replaceAll(/[^\x20-\x7e]/g, '') || '?';
  }
  return out;
}

const escaped = (line: string): string => `(${line.replaceAll(/[\\()]/g, '\\$&')})`;
/** Outside pages text is Unicode. Source: ISO 32000-1 §7.9.2.2. */
const literal = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text)
    ? escaped(text)
    : `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`;

/** Widths of Helvetica from the space to the tilde, in thousandths of the size. Source: Adobe's font metrics. */
// biome-ignore format: a table is read by its rows
const widths = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
  556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
  1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611,
  278, 278, 278, 469, 556, 333,
  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500,
  334, 260, 334, 584,
];

function widthOf(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += widths[text.charCodeAt(i) - 32] ?? 600;
  return sum;
}

function broken(line: string, size: number, wide: number): string[] {
  const most = ((page.width - 2 * page.margin) * 1000) / (size * wide);
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (widthOf(longer) <= most || current === '') current = longer;
    else {
      lines.push(current);
      current = word;
    }
  }
  lines.push(current);
  return lines;
}

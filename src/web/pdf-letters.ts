/** Text as the fonts that every PDF reader has can show it. */

/** What WinAnsi has where Latin-1 has control characters. Source: ISO 32000-1, Annex D. */
const extras = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');
const plain: Readonly<Record<string, string>> = {
  ...{
    '\u2212': '-',
    '\u2010': '-',
    '\u2011': '-',
    '\u00ad': '',
    '\u2265': 'at least ',
    '\u2264': 'at most ',
  },
  ...{ ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ı: 'i', '\u02bc': '’', '\u2032': '’', '\u2192': 'to', μ: 'µ' },
  ...{ '\u2002': ' ', '\u2003': ' ', '\u2009': ' ', '\u202f': ' ', '\u200b': '', '\ufeff': '' },
};

const isShown = (sign: string): boolean => {
  const code = sign.codePointAt(0) ?? 0;
  return (code >= 32 && code < 127) || (code >= 160 && code < 256) || extras.has(sign) || sign === '\n';
};

/** The same words in signs that can be shown: accents taken off where need be; `?` for what has no likeness. */
export function printable(text: string): string {
  let out = '';
  for (const sign of text.normalize('NFC')) {
    if (isShown(sign)) out += sign;
    else if (sign in plain) out += plain[sign];
    else if (sign === '\t' || sign === '\r') out += ' ';
    else {
      const bare = [...sign.normalize('NFKD')].filter((part) => isShown(part)).join('');
      out += bare || (/\p{M}|\p{C}/u.test(sign) ? '' : '?');
    }
  }
  return out;
}

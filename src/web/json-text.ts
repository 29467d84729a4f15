/**
 * Lays JSON out over lines without parsing it, so that numbers keep the digits they were sent with (`1.50` stays `1.50`)
 * and keys their order.
 */
export function indentJson(text: string): string {
  let out = '';
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at]!;
    if (c === '"') {
      const start = at;
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      out += text.slice(start, at + 1);
    } else if (c === '{' || c === '[') {
      const close = c === '{' ? '}' : ']';
      const rest = /^\s*(.)/s.exec(text.slice(at + 1, at + 200));
      if (rest?.[1] === close) {
        out += c + close;
        at += rest[0].length;
      } else {
        depth += 1;
        out += `${c}\n${'  '.repeat(depth)}`;
      }
    } else if (c === '}' || c === ']') {
      depth = Math.max(0, depth - 1);
      out += `\n${'  '.repeat(depth)}${c}`;
    } else if (c === ',') out += `,\n${'  '.repeat(depth)}`;
    else if (c === ':') out += ': ';
    else if (!/\s/.test(c)) out += c;
  }
  return out;
}

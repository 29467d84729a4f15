/** JSON laid out for people to read, without parsing it: numbers keep the digits they were sent with, keys their order. */

const token = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/g;
const opening = new Set(['{', '[']);
const closing = new Set(['}', ']']);

/** The same JSON over several lines, indented by two spaces. The text must be valid JSON, or the beginning of one. */
export function indentJson(text: string): string {
  const out: string[] = [];
  let depth = 0;
  let before = '';
  const breakLine = (): void => {
    out.push('\n', '  '.repeat(depth));
  };
  for (const [part] of text.matchAll(token)) {
    if (closing.has(part)) {
      depth -= 1;
      if (!opening.has(before)) breakLine();
      out.push(part);
    } else if (part === ':') {
      out.push(': ');
    } else if (part === ',') {
      out.push(',');
      breakLine();
    } else {
      if (opening.has(before)) breakLine();
      out.push(part);
      if (opening.has(part)) depth += 1;
    }
    before = part;
  }
  return out.join('');
}

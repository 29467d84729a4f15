/** Objects of a list in a large JSON text, one at a time as the text comes. Source: RFC 8259, of which it reads what it must. */
import { problem } from '../../../platform/problem.ts';

/** More than this for one object is no feature of a map. */
const mostOfOne = 16 * 1024 * 1024;

/** Each object of the lists with one of these names in the outermost object. Throws a Problem where the text is no JSON. */
export async function* topObjects(
  text: AsyncIterable<string> | Iterable<string>,
  lists: readonly string[],
): AsyncGenerator<unknown> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let begun = false;
  /** The last string at the first level: the key of what follows. */
  let key = '';
  let word: string | undefined;
  let inList = false;
  let one: string | undefined;
  for await (const chunk of text) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]!;
      if (inString) {
        if (escaped) escaped = false;
        else if (c === '\\') escaped = true;
        else if (c === '"') {
          inString = false;
          if (word !== undefined) key = word;
          word = undefined;
        } else if (word !== undefined) word += c;
        continue;
      }
      if (c === '"') {
        inString = true;
        if (depth === 1) word = '';
        continue;
      }
      if (c === '{' || c === '[') {
        if (!begun && c !== '{') throw notJson();
        begun = true;
        depth += 1;
        if (depth === 2 && c === '[' && lists.includes(key)) inList = true;
        if (depth === 3 && inList && c === '{') {
          one = '';
          from = i;
        }
      } else if (c === '}' || c === ']') {
        if (depth === 3 && one !== undefined) {
          const whole = one + chunk.slice(from, i + 1);
          one = undefined;
          yield parsed(whole);
        }
        if (depth === 2) inList = false;
        depth -= 1;
        if (depth < 0) throw notJson();
      } else if (!begun && c.trim() !== '' && c !== '\uFEFF') throw notJson();
    }
    if (one !== undefined) {
      one += chunk.slice(from);
      if (one.length > mostOfOne)
        throw problem('too-long', 'One feature of the file is larger than 16 MB. It is no map of roads.');
    }
  }
  if (depth !== 0 || !begun)
    throw problem('structure', 'The file ends too early. It may have been cut short.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notJson();
  }
}

const notJson = () =>
  problem('structure', 'The file is not JSON. Send GeoJSON, or what Overpass answers as JSON.');

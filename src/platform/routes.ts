/** A route as it was declared: `/fhir/:type/:id`, `/assets/*`. */
export interface KnownRoute {
  readonly method: string;
  readonly url: string;
}

/** The methods that some route takes at this path: those of a 405 answer's Allow (RFC 9110 §15.5.6). */
export function allowedMethods(routes: readonly KnownRoute[], path: string): string[] {
  const parts = path.split('/');
  const found = new Set<string>();
  for (const { method, url } of routes) if (fits(url.split('/'), parts)) found.add(method.toUpperCase());
  return [...found].sort();
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  for (let i = 0; i < pattern.length; i += 1) {
    const wanted = pattern[i]!;
    if (wanted === '*') return true;
    const part = parts[i];
    if (part === undefined) return false;
    if (wanted.startsWith(':') ? part === '' : !matchesText(wanted, part)) return false;
  }
  return pattern.length === parts.length;
}

/** `::` in a pattern stands for one colon; a parameter may follow text (`$:name`). */
function matchesText(wanted: string, part: string): boolean {
  const text = wanted.replaceAll('::', '\0');
  const parameter = text.indexOf(':');
  if (parameter < 0) return text.replaceAll('\0', ':') === part;
  return part.startsWith(text.slice(0, parameter).replaceAll('\0', ':'));
}

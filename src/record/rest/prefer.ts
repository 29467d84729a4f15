/** What a client prefers. Source: RFC 7240; FHIR R4, RESTful API (return), (handling). */

export interface Preferences {
  readonly return: 'minimal' | 'representation' | 'OperationOutcome';
  readonly handling: 'strict' | 'lenient';
  /** Whether `return` was asked for, or is our default. */
  readonly asked: boolean;
}

const defaults: Preferences = { return: 'representation', handling: 'lenient', asked: false };

/** Preferences that are not known are passed over, as RFC 7240 §2 says; of several alike the first counts. */
export function readPrefer(header: string | readonly string[] | undefined): Preferences {
  if (header === undefined) return defaults;
  let back: Preferences['return'] | undefined;
  let handling: Preferences['handling'] | undefined;
  const text = typeof header === 'string' ? header : header.join(',');
  for (const part of text.split(/[,;]/)) {
    const [name = '', written = ''] = part.split('=', 2);
    const value = written.trim().replace(/^"(.*)"$/, '$1');
    if (name.trim().toLowerCase() === 'return') {
      if (value === 'minimal' || value === 'representation' || value === 'OperationOutcome') back ??= value;
    } else if (name.trim().toLowerCase() === 'handling') {
      if (value === 'strict' || value === 'lenient') handling ??= value;
    }
  }
  return {
    return: back ?? defaults.return,
    handling: handling ?? defaults.handling,
    asked: back !== undefined,
  };
}

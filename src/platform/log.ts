import { type DestinationStream, type Logger, pino } from 'pino';
import { Problem } from './problem.ts';

export type Log = Logger;

/** Keys whose values may hold what people sent: left out wherever they stand. */
const withheld = ['url', 'query', 'body', 'payload', 'headers', 'params', 'resource', 'text', 'parameters'];

export interface LogOptions {
  /** pino's level, or `silent`. */
  readonly level: string;
  /** Where lines go. Default: standard output, written before the call returns, so that a crash loses none. */
  readonly to?: DestinationStream;
}

/**
 * The log: one JSON object a line. Data about patients never reaches it: addresses lose their query, errors
 * their messages (`errorForLog`), and keys that hold what was sent are left out.
 */
export function createLog({ level, to }: LogOptions): Log {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      // pino takes an error's message for the line's when none is given.
      logMethod(this: Logger, args: unknown[], method: (...args: unknown[]) => void) {
        const [first, second, ...rest] = args;
        const carries = first instanceof Error ? { err: first } : first;
        const words = second ?? (typeof carries === 'object' && carries !== null ? '' : undefined);
        method.apply(this, words === undefined ? [carries] : [carries, words, ...rest]);
      },
    },
    serializers: { err: errorForLog, error: errorForLog },
    redact: {
      paths: withheld.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: '(withheld)',
    },
  };
  return pino(options, to ?? pino.destination({ dest: 1, sync: true }));
}

/**
 * What may be told of an error: what kind it is, where in the program, and its cause. Not the message: a
 * JSON parser quotes the text it was given, and a database the value it refused.
 */
export function errorForLog(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const told: Record<string, unknown> = { type: error.name };
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined) told['code'] = code;
  // The system's own messages name files and ports; the language's name identifiers of the program, and so
  // do its syntax errors when a module of ours is loaded.
  const loading = error instanceof SyntaxError && /node:internal\/modules\//.test(error.stack ?? '');
  if (syscall !== undefined || loading || error instanceof TypeError || error instanceof ReferenceError)
    told['message'] = error.message;
  for (const key of ['severity', 'routine', 'schema_name', 'table_name', 'column_name', 'constraint_name'])
    if (key in error) told[key] = Reflect.get(error, key);
  if (error instanceof Problem)
    told['faults'] = error.faults.slice(0, 10).map(({ kind, severity }) => ({ kind, severity }));
  told['at'] = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 20)
    .map((line) => line.trim());
  if (error.cause !== undefined) told['cause'] = errorForLog(error.cause);
  return told;
}

/** An address as it may be logged: its path alone. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

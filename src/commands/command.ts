import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** One option of a command, as `node:util`'s parseArgs takes it, with what `--help` says of it. */
export interface CommandOption {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What it does, in a line. */
  readonly help: string;
  /** How a string's value is shown: `<folder>`. */
  readonly value?: string;
}

export type OptionValue = string | boolean | (string | boolean)[] | undefined;

/** What a command is given when it runs. */
export interface Invocation {
  readonly values: Readonly<Record<string, OptionValue>>;
  /** What came beside options: files, folders. */
  readonly positionals: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted at the first Ctrl-C, SIGTERM or SIGHUP: finish what must be whole, and return. The second ends at once. */
  readonly signal: AbortSignal;
  /** A line of result, to standard output. */
  readonly print: (line: string) => void;
  /** A line about the run, to standard error. */
  readonly tell: (line: string) => void;
}

/** One command of `throughline`. Each is a file of this folder that exports one as `command`, listed in main.ts. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What comes beside options: `<file or folder>…`. Absent: nothing may. */
  readonly arguments?: string;
  /** Some paragraphs: what it does, what it needs, examples. */
  readonly help: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Answers the exit code; nothing means 0. A thrown Problem is printed and ends with 1. */
  readonly run: (invocation: Invocation) => Promise<number | undefined>;
}

/** A command line that cannot be understood: exit code 2. */
export class UsageError extends Error {}

/** Options and arguments of a command, checked. Throws UsageError. */
export function parseInvocation(
  command: Command,
  args: readonly string[],
): Pick<Invocation, 'values' | 'positionals'> & { readonly help: boolean } {
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { type, short, multiple }] of Object.entries(command.options))
    options[name] = { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: command.arguments !== undefined,
      strict: true,
    });
    return { values, positionals, help: values['help'] === true };
  } catch (error) {
    const words = error instanceof Error ? (error.message.split(/\. To specify|\n/)[0] ?? '') : String(error);
    throw new UsageError(`${words.replace(/\.$/, '')}.`);
  }
}

/** What `throughline <command> --help` prints. */
export function helpOf(command: Command): string {
  const rows = [
    ...Object.entries(command.options),
    ['help', { type: 'boolean', short: 'h', help: 'This text' }] as const,
  ].map(([name, option]) => {
    const value = option.type === 'string' ? ` ${('value' in option && option.value) || '<value>'}` : '';
    return [`${option.short ? `-${option.short}, ` : '    '}--${name}${value}`, option.help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return [
    `throughline ${command.name} [options]${command.arguments ? ` ${command.arguments}` : ''}`,
    '',
    command.help.trim(),
    '',
    'Options:',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
  ].join('\n');
}

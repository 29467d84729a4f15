// The command line: `throughline <command> [options]`.
import { type Command, helpOf, parseInvocation, UsageError } from './commands/command.ts';
import { errorForLog } from './platform/log.ts';
import { Problem } from './platform/problem.ts';

/** Every command, in the order that `--help` lists them. Loaded when used: a start should not wait for the rest. */
const commands: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  start: () => import('./commands/start.ts'),
  serve: () => import('./commands/serve.ts'),
  import: () => import('./commands/import.ts'),
  demo: () => import('./commands/demo.ts'),
  check: () => import('./commands/check.ts'),
  audit: () => import('./commands/audit.ts'),
  migrate: () => import('./commands/migrate.ts'),
  probe: () => import('./commands/probe.ts'),
  enrol: () => import('./commands/enrol.ts'),
  config: () => import('./commands/config.ts'),
  bench: () => import('./commands/bench.ts'),
};

const print = (line: string) => void process.stdout.write(`${line}\n`);
const tell = (line: string) => void process.stderr.write(`${line}\n`);

async function overview(): Promise<string> {
  const all = await Promise.all(Object.values(commands).map((load) => load()));
  const width = Math.max(...all.map(({ command }) => command.name.length));
  return [
    'throughline <command> [options]',
    '',
    'One longitudinal health and care record, and the services that stand on it.',
    '',
    'Commands:',
    ...all.map(({ command }) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    '"throughline <command> --help" tells more about one.',
  ].join('\n');
}

/** Aborts at the first signal; a second one ends the program at once. */
function untilStopped(): AbortSignal {
  const control = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (control.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
      control.abort();
    });
  return control.signal;
}

async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    print(await overview());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load)
    throw new UsageError(`There is no command "${name}". Commands: ${Object.keys(commands).join(', ')}.`);
  const { command } = await load();
  const { values, positionals, help } = parseInvocation(command, rest);
  if (help) {
    print(helpOf(command));
    return 0;
  }
  return (
    (await command.run({ values, positionals, env: process.env, signal: untilStopped(), print, tell })) ?? 0
  );
}

/** What went wrong, for the person at the terminal. Errors of ours tell where, never what data they met. */
function explain(error: unknown): void {
  if (error instanceof UsageError) {
    tell(error.message);
    tell('"throughline --help" lists the commands and "throughline <command> --help" their options.');
  } else if (error instanceof Problem) {
    for (const fault of error.faults)
      tell(fault.where === undefined ? fault.message : `${fault.where}: ${fault.message}`);
  } else {
    tell(`Something went wrong that should not have: ${JSON.stringify(errorForLog(error), undefined, 2)}`);
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  explain(error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
if (process.connected) process.disconnect?.(); // a server process among several: its channel would keep it
// Whatever a library still holds open must not keep an ended program.
setTimeout(() => process.exit(), 3000).unref();

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { takeLock } from '../platform/instance-lock.ts';
import { problem } from '../platform/problem.ts';
import { openProbe } from '../region/connectivity/measure/probe.ts';
import { openProbeFolder } from '../region/connectivity/measure/probe-folder.ts';
import { type Command, UsageError } from './command.ts';

export const command: Command = {
  name: 'probe',
  summary: 'Measure the line that this machine is on, again and again',
  arguments: '[<file of results>…]',
  help: `
Runs on any small computer at a site. Asks the server whether a test may run (never while a clinic is on the line,
unless the site says so), measures with ndt7 about six times a day at random moments, and tells each minute that
it lives. What it cannot hand over it keeps in its folder and sends later, under the same ids: it can be killed,
lose the line or have a wrong clock, and nothing is lost or counted twice.

A token comes from the page of the site, under Probes. It may stand in the environment as PROBE_TOKEN, where
other users of the machine cannot read it.

  throughline probe --site a1b2 --server https://care.example --token tlp_…
  throughline probe --site a1b2 --server https://care.example --once
  throughline probe --site a1b2 --server https://care.example --import results/*.json.gz

Ends with 0; with --once, with 1 when nothing could be measured or handed over.`,
  options: {
    site: { type: 'string', value: '<id>', help: 'The site, as its page names it' },
    server: { type: 'string', value: '<address>', help: 'Of the product: https://care.example' },
    token: { type: 'string', value: '<token>', help: 'Of the site; default: PROBE_TOKEN of the environment' },
    folder: { type: 'string', value: '<folder>', help: 'Where results wait; default: .probe-<site>' },
    now: { type: 'boolean', help: 'With --once: also while a clinic is on the line' },
    once: { type: 'boolean', help: 'Measure once, hand over, and end' },
    import: { type: 'boolean', help: 'Send results of other ndt7 clients from these files, and end' },
  },
  run: async ({ values, positionals, env, signal, tell, print }) => {
    const site = textOf(values['site']);
    const given = textOf(values['server']);
    const token = textOf(values['token']) ?? env['PROBE_TOKEN'];
    if (site === undefined) throw new UsageError('Which site? --site <id>');
    if (given === undefined || !URL.canParse(given) || !/^https?:/.test(given))
      throw new UsageError('Which server? --server https://…');
    if (token === undefined || token === '')
      throw new UsageError('With which token? --token, or PROBE_TOKEN');
    const server = given.replace(/\/+$/, '');
    if (values['import'] === true) return sendFiles(positionals, server, token, print);
    if (positionals.length > 0) throw new UsageError('Files are for --import.');

    const path = resolve(textOf(values['folder']) ?? `.probe-${site.replaceAll(/[^\w.-]/g, '_')}`);
    const taken = takeLock(path, 'lock');
    if ('heldBy' in taken)
      throw problem(
        'lock-error',
        `Another probe (process ${taken.heldBy}) uses the folder ${path}. Give this one its own with --folder.`,
      );
    try {
      const folder = openProbeFolder(join(path, 'results'));
      const probe = openProbe({ server, site, token, folder, tell, signal });
      if (values['once'] === true) {
        const measured = await probe.measure({ asked: values['now'] === true });
        const handedOver = await probe.handOver();
        return measured && handedOver ? 0 : 1;
      }
      await probe.run();
      return 0;
    } finally {
      taken.lock.release();
    }
  },
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Results of other clients. The server knows what it has, so a run that was stopped is simply done again. */
async function sendFiles(
  files: readonly string[],
  server: string,
  token: string,
  print: (line: string) => void,
): Promise<number> {
  if (files.length === 0)
    throw new UsageError('Name the files of results: throughline probe --import <file>…');
  let failed = 0;
  for (const file of files) {
    const answer = await fetch(`${server}/lines/api/results`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${token}` },
      body: readFileSync(file),
    });
    const text = await answer.text();
    if (!answer.ok) {
      failed += 1;
      print(`${file}: not taken (${answer.status}): ${text.slice(0, 300)}`);
      continue;
    }
    const { added, known, refused } = JSON.parse(text) as {
      added: number;
      known: number;
      refused: { where: string; message: string }[];
    }; // of our own server
    if (refused.length > 0) failed += 1;
    print(
      `${file}: ${added} new, ${known} known${refused.length > 0 ? `, ${refused.length} not understood` : ''}`,
    );
    for (const { where, message } of refused.slice(0, 5)) print(`  ${where}: ${message}`);
  }
  return failed > 0 ? 1 : 0;
}

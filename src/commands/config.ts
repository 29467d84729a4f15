import { describeConfig, loadConfig, type Mode } from '../platform/config.ts';
import { type Command, UsageError } from './command.ts';

const modes: readonly Mode[] = ['start', 'serve', 'command'];

export const command: Command = {
  name: 'config',
  summary: 'Print every setting, its value and where it came from',
  help: `
Settings come from the environment, then from a JSON file (THROUGHLINE_CONFIG, or throughline.json beside
package.json), then from defaults. The file holds one object: {"PORT": 8080, "LOG_LEVEL": "warn"}.
Secrets are masked. Ends with 1 and a list when something is wrong.`,
  options: {
    for: {
      type: 'string',
      value: '<command>',
      help: 'Check as "start" or "serve" would: serve asks for more to be given',
    },
  },
  run: async ({ values, env, print }) => {
    const mode = modes.find((known) => known === (values['for'] ?? 'command'));
    if (!mode) throw new UsageError(`--for is "${values['for']}"; it can be ${modes.join(', ')}.`);
    print(describeConfig(loadConfig({ env, mode })));
    return 0;
  },
};

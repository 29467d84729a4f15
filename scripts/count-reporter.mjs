// Reporter for `node --test`: one line a file, failures in full at the end, and a last line that counts:
// `N passed, N failed` or `N passed, N failed, N skipped`.
import { relative } from 'node:path';
import { inspect } from 'node:util';

const indent = (text) => text.replace(/^/gm, '    ');

const causeOf = (error) => {
  const cause = error?.code === 'ERR_TEST_FAILURE' && error.cause !== undefined ? error.cause : error;
  return typeof cause === 'string' ? cause : inspect(cause, { depth: 6, colors: false });
};

// A suite fails because a test inside it did: that one is told.
const tellsItself = (data) => data.details?.error?.failureType !== 'subtestsFailed';

/** Node asks for a default export here. */
// biome-ignore lint/style/noDefaultExport: the interface of a custom reporter
export default async function* countReporter(source) {
  const failures = [];
  const output = new Map();
  let counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of source) {
    if (type === 'test:fail' && data.todo === undefined && tellsItself(data)) failures.push(data);
    if (type === 'test:stdout' || type === 'test:stderr')
      output.set(data.file, (output.get(data.file) ?? '') + data.message);
    if (type === 'test:diagnostic' && data.level === 'error') yield `${data.message}\n`;
    if (type === 'test:summary') {
      const { passed, failed, cancelled, skipped } = data.counts;
      const bad = failed + cancelled;
      if (data.file === undefined) {
        counts = { passed, failed: bad, skipped };
      } else {
        const file = relative(process.cwd(), data.file);
        const seconds = (data.duration_ms / 1000).toFixed(1);
        yield `${bad > 0 || !data.success ? 'FAIL' : ' ok '} ${file} (${passed}${bad > 0 ? `, ${bad} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}) ${seconds} s\n`;
      }
    }
  }
  for (const data of failures) {
    const file = data.file === undefined ? '' : relative(process.cwd(), data.file);
    yield `\n✖ ${data.name}\n  ${file}:${data.line ?? ''}\n${indent(causeOf(data.details?.error))}\n`;
    const said = output.get(data.file);
    if (said) {
      output.delete(data.file);
      yield `  what ${file} printed:\n${indent(said.trimEnd().slice(-4000))}\n`;
    }
  }
  const { passed, failed, skipped } = counts;
  yield `\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
}

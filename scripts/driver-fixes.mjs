// Mends the database driver (`postgres` 3.4.9) after packages are installed. As published, when a connection
// ends in the middle of work, it may crash the process, leave statements waiting for ever, give one
// statement's rows to another, or run a dead transaction's statements inside the next one. Its tracker
// holds these as #1133, #1173, #1193, #1209, #1215 and #1216; when a release carries them, this file goes.
// docs/decisions/0004-database-driver.md tells more; src/platform/driver.test.ts shows each fault mended.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fixes = [
  {
    file: 'postgres/src/connection.js',
    sha256: 'ee3a218d9aa6a6f2887c1a19da50009335fe84c11a5431d5cab72d6bc528632f',
    edits: [
      {
        // A statement for a connection that is gone (a transaction that outlived it) fails at once.
        find: `    if (stream)
      return queryError(q, Errors.generic('COPY_IN_PROGRESS'`,
        put: `    if (!socket)
      return (queryError(q, Errors.connection('CONNECTION_CLOSED', options)), true)

    if (stream)
      return queryError(q, Errors.generic('COPY_IN_PROGRESS'`,
      },
      {
        find: `  function nextWrite(fn) {
    const x`,
        put: `  function nextWrite(fn) {
    if (!socket)
      return (chunk = nextWriteTimer = null, true)

    const x`,
      },
      {
        // The statement that waits for the connection is told of the failure; this inner one has no one to tell.
        find: `        return fetchArrayTypes()`,
        put: `        return fetchArrayTypes().catch(() => {})`,
      },
      {
        // A COPY that the server refuses after its last line ends with that error.
        find: `    stream && (stream.destroy(err), stream = null)
`,
        put: `    stream && (stream.destroy(err), stream = null)
    final && (final(err), final = null)
`,
      },
      {
        find: `        callback(error)
        socket.write(b().f().str(error + b.N).end())
        stream = null
      },
      final(callback) {
        socket.write(b().c().end())
        final = callback
        stream = null
      }`,
        put: `        callback(error)
        socket && socket.write(b().f().str(error + b.N).end())
        stream = null
      },
      final(callback) {
        if (!socket)
          return callback(Errors.connection('CONNECTION_CLOSED', options))
        socket.write(b().c().end())
        final = callback
        stream = null
      }`,
      },
      {
        find: `      write(chunk, encoding, callback) {
        socket.write(b().d().raw(chunk).end(), callback)
      },
      destroy(error, callback) {
        callback(error)
        socket && `,
        put: `      write(chunk, encoding, callback) {
        if (!socket)
          return callback(Errors.connection('CONNECTION_CLOSED', options))
        socket.write(b().d().raw(chunk).end(), callback)
      },
      destroy(error, callback) {
        callback(error)
        socket && `,
      },
      {
        // Whichever way the connection ended: unsent bytes go, all that waits fails, nothing is left for the next one.
        find: `    clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)
    socket.removeListener('connect', connected)
    idleTimer.cancel()`,
        put: `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener('data', data)
    socket.removeListener('connect', connected)
    idleTimer.cancel()`,
      },
      {
        find: `    if (initial)
      return reconnect()

    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
    closedTime = performance.now()
    hadError && options.shared.retries++`,
        put: `    if (initial && options.host.length > 1)
      return reconnect()

    const started = !initial
    const lost = Errors.connection('CONNECTION_CLOSED', options, socket)
    errored(lost)
    while (sent.length)
      queryError(sent.shift(), lost)
    query = results = errorResponse = null
    result = new Result()
    ended && (ended(), ending = ended = null)
    closedTime = performance.now()
    ;(hadError || !started) && options.shared.retries++`,
      },
    ],
  },
  {
    file: 'postgres/src/index.js',
    sha256: '4e21f5733e70d79cffc10d10d4ef01031de4a9ac862210e43f8870029fd103ed',
    edits: [
      {
        // A transaction whose connection ended runs nothing more, though the connection is opened anew for others.
        find: `    let savepoints = 0
      , connection
      , prepare = null
`,
        put: `    let savepoints = 0
      , connection
      , prepare = null
      , lost = null
`,
      },
      {
        find: `        new Promise((_, reject) => connection.onclose = reject)`,
        put: `        new Promise((_, reject) => connection.onclose = e => {
          lost = e
          while (queries.length)
            queries.shift().reject(e)
          reject(e)
        })`,
      },
      {
        find: `        q.catch(e => uncaughtError || (uncaughtError = e))
        c.queue === full`,
        put: `        q.catch(e => uncaughtError || (uncaughtError = e))
        if (lost)
          return q.reject(lost)
        c.queue === full`,
      },
      {
        // The same for a reserved connection.
        find: `    c.reserved.release = true

    const sql = Sql(handler)
    sql.release = () => {
      c.reserved = null
      onopen(c)
    }`,
        put: `    c.reserved.release = true

    let lost = null
    c.onclose = e => {
      lost = e
      while (queue.length)
        queue.shift().reject(e)
    }

    const sql = Sql(handler)
    sql.release = () => {
      if (lost)
        return
      lost = Errors.connection('CONNECTION_CLOSED', options)
      c.onclose = null
      c.reserved = null
      onopen(c)
    }`,
      },
      {
        find: `    function handler(q) {
      c.queue === full
        ? queue.push(q)`,
        put: `    function handler(q) {
      if (lost)
        return q.reject(lost)
      c.queue === full
        ? queue.push(q)`,
      },
    ],
  },
];

const hashOf = (text) => createHash('sha256').update(text).digest('hex');
const header = '// Mended by scripts/driver-fixes.mjs: ';

/** Names the set of fixes, so that a checkout prepared with another set is prepared anew. */
export const fixesVersion = hashOf(JSON.stringify(fixes)).slice(0, 16);

/** Applies the fixes to a folder of packages; leaves what is mended already. Throws when the driver is another version. */
export function mendDriver(modules) {
  for (const { file, sha256, edits } of fixes) {
    const path = join(modules, file);
    let text = readFileSync(path, 'utf8');
    if (text.startsWith(header)) {
      if (text.startsWith(header + fixesVersion)) continue;
      throw new Error(
        `${file} was mended by another version of the fixes. Delete node_modules/postgres and start again.`,
      );
    }
    if (hashOf(text) !== sha256)
      throw new Error(
        `${file} is not the version that scripts/driver-fixes.mjs mends. Look at its fixes again.`,
      );
    for (const { find, put } of edits) {
      if (text.split(find).length !== 2) throw new Error(`A fix of ${file} does not fit: ${find}`);
      text = text.replace(find, () => put);
    }
    const partial = `${path}.${process.pid}`;
    writeFileSync(partial, `${header}${fixesVersion}\n${text}`);
    renameSync(partial, path);
  }
}

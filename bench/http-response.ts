/** What the parser found at the end of one response. */
export interface HttpResponse {
  readonly status: number;
  /** Length of the body in bytes, after removal of chunk framing. */
  readonly bytes: number;
  /** The body; only where it was asked for. */
  readonly body: Buffer | undefined;
  /** False where the server announced `Connection: close`. */
  readonly keepAlive: boolean;
}

type State = 'head' | 'sized' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer';

const contentLength = /\r\ncontent-length: *(\d+)/i;
const chunked = /\r\ntransfer-encoding: *chunked/i;
const closing = /\r\nconnection: *close/i;

/**
 * A minimal HTTP/1.1 response parser for one connection: takes what the socket gives, however it is cut, and calls
 * `done` for each whole response. Made to cost little, because it shares the cores with the server it measures;
 * it knows Content-Length and chunked bodies (RFC 9112 §6) and refuses a body that only the end of the
 * connection would end. Throws on what it cannot read.
 */
export function responseParser(
  done: (response: HttpResponse) => void,
  keepBody: () => boolean,
): (chunk: Buffer) => void {
  let state: State = 'head';
  let pending: Buffer | undefined;
  let status = 0;
  let left = 0;
  let bytes = 0;
  let keepAlive = true;
  let kept: Buffer[] | undefined;

  const finish = (): void => {
    const body = kept && (kept.length === 1 ? kept[0]! : Buffer.concat(kept));
    state = 'head';
    kept = undefined;
    done({ status, bytes, body, keepAlive });
  };

  const readHead = (head: string): void => {
    if (!head.startsWith('HTTP/1.')) throw new Error(`not an HTTP/1 answer: ${head.slice(0, 40)}`);
    status = Number(head.slice(9, 12));
    bytes = 0;
    keepAlive = !closing.test(head);
    if (status >= 100 && status < 200) return; // an interim answer: the final one follows
    kept = keepBody() ? [] : undefined;
    const length = contentLength.exec(head);
    if (status === 204 || status === 304) finish();
    else if (length) {
      left = Number(length[1]);
      state = 'sized';
      if (left === 0) finish();
    } else if (chunked.test(head)) state = 'chunk-size';
    else throw new Error(`answer ${status} has neither Content-Length nor chunks`);
  };

  return (chunk) => {
    const data = pending ? Buffer.concat([pending, chunk]) : chunk;
    pending = undefined;
    let at = 0;
    while (at < data.length) {
      if (state === 'sized' || state === 'chunk') {
        const end = Math.min(data.length, at + left);
        kept?.push(data.subarray(at, end));
        bytes += end - at;
        left -= end - at;
        at = end;
        if (left > 0) return;
        if (state === 'sized') finish();
        else state = 'chunk-end';
        continue;
      }
      const mark = state === 'head' ? '\r\n\r\n' : '\r\n';
      const end = data.indexOf(mark, at, 'latin1');
      if (end < 0) {
        pending = data.subarray(at);
        return;
      }
      const line = data.toString('latin1', at, end);
      at = end + mark.length;
      if (state === 'head') readHead(line);
      else if (state === 'chunk-end') state = 'chunk-size';
      else if (state === 'chunk-size') {
        left = Number.parseInt(line, 16);
        if (Number.isNaN(left)) throw new Error(`not a chunk size: ${line.slice(0, 40)}`);
        state = left === 0 ? 'trailer' : 'chunk';
      } else if (line === '') finish();
    }
  };
}

/** Whatever is sent, the API answers with a 4xx and an OperationOutcome that says what is wrong and where; never with a 5xx. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import test, { after } from 'node:test';
import { placesOf, refusal } from './support/answers.ts';
import { bodyLimit, restApp } from './support/rest-app.ts';

const { app, send, listen } = await restApp({ after });
const address = new URL(await listen());

interface Answer {
  readonly statusCode: number;
  readonly body: string;
}

/** Checks that an answer refuses with a valid outcome, and that it names the place. */
function refused(answer: Answer, status: number | readonly number[], where?: RegExp): void {
  const outcome = refusal(answer, status);
  if (where) assert.match(placesOf(outcome), where, answer.body);
}

const observation = (more: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...more,
});

test('malformed JSON is told with line and column', async () => {
  const bodies: [string, RegExp][] = [
    ['{', /1:2/],
    ['{"resourceType":"Patient",}', /1:27/],
    ['{"resourceType":"Patient"\n,x}', /2:2/],
    ['{"resourceType":"Patient","active":truee}', /1:/],
    ['{"resourceType":"Patient","active":true,"active":true}', /1:41/],
    ["{'resourceType':'Patient'}", /1:2/],
    ['{"resourceType":"Patient","gender":"a\u0001"}', /1:/],
    ['{"resourceType":"Patient","multipleBirthInteger":01}', /1:/],
    ['{"resourceType":"Patient","id":"\\ud800"}', /1:/],
  ];
  for (const [body, place] of bodies) {
    refused(await send('POST', '/Patient', body), 400, place);
    refused(await send('PUT', '/Patient/1', body), 400, place);
    refused(await send('POST', '/', body), 400, place);
    refused(await send('POST', '/Patient/$validate', body), 400, place);
  }
});

test('JSON that is no resource is told so', async () => {
  for (const body of [
    'null',
    '[]',
    '"Patient"',
    '1',
    '{}',
    '{"resourceType":1}',
    '{"resourceType":"Nonsense"}',
  ])
    for (const [method, path] of [
      ['POST', '/Patient'],
      ['PUT', '/Patient/1'],
      ['POST', '/'],
      ['POST', '/Patient/$validate'],
    ] as const)
      refused(await send(method, path, body), 400);
  for (const entry of [
    'null',
    '{}',
    '[1]',
    '[{"request":1}]',
    '[{"request":{"method":"GET"}}]',
    '[{"request":{"method":"POST","url":"Patient"}}]',
    '[{"request":{"method":"PUT","url":"Patient/1/2"},"resource":{"resourceType":"Patient"}}]',
  ])
    for (const type of ['batch', 'transaction'])
      refused(
        await send(
          'POST',
          '/',
          `{"resourceType":"Bundle","type":"${type}","entry":${entry === 'null' ? '1' : entry}}`,
        ),
        [400, 422],
        /Bundle/,
      );
});

test('a body 10,000 levels deep is refused where it becomes too deep', async () => {
  const deep = `${'{"extension":['.repeat(5000)}${']}'.repeat(5000)}`;
  for (const path of ['/Patient', '/', '/Patient/$validate'])
    refused(await send('POST', path, deep.replace('{', '{"resourceType":"Patient",')), 400, /1:/);
  refused(await send('POST', '/Patient', '['.repeat(10_000)), 400, /1:/);
  refused(
    await send('PATCH', '/Patient/1', '['.repeat(10_000), { 'content-type': 'application/json-patch+json' }),
    400,
    /1:/,
  );
  const path = '/a'.repeat(10_000);
  refused(
    await send('PATCH', '/Patient/1', [{ op: 'remove', path }], {
      'content-type': 'application/json-patch+json',
    }),
    [404, 422],
  );
});

test('bytes that are not UTF-8 are told by their place', async () => {
  const body = Buffer.concat([
    Buffer.from('{"resourceType":"Patient","name":[{"family":"'),
    Buffer.from([0xc3, 0x28]),
    Buffer.from('"}]}'),
  ]);
  for (const [method, path] of [
    ['POST', '/Patient'],
    ['PUT', '/Patient/1'],
    ['POST', '/'],
  ] as const) {
    const answer = await send(method, path, body);
    refused(answer, 400);
    assert.match(answer.body, /byte 45 \(0xc3\)/);
  }
  refused(
    await send('POST', '/Patient/_search', Buffer.from([0x61, 0x3d, 0xff]), {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    400,
  );
});

test('broken percent-encoding is refused in path, query and form', async () => {
  for (const path of ['/Patient/%', '/Patient/%zz', '/Patient/%ff', '/%c3%28/1', '/Patient/%00'])
    refused(await send('GET', path), [400, 404]);
  for (const query of [
    'name=%',
    'name=%zz',
    'name=%ff',
    '%ff=1',
    'name=%c3%28',
    'name=%ed%a0%80',
    'name=%00',
  ]) {
    refused(await send('GET', `/Patient?${query}`), 400, /http\.query/);
    refused(
      await send('POST', '/Patient/_search', query, { 'content-type': 'application/x-www-form-urlencoded' }),
      400,
      /http\.query/,
    );
    refused(await send('PUT', `/Patient?${query}`, { resourceType: 'Patient' }), 400);
    refused(await send('DELETE', `/Patient?${query}`), 400);
    refused(await send('GET', `/Patient/1/_history?${query}&_since=2020`), [400, 404]);
  }
});

test('types, ids and versions that are none are told as such', async () => {
  for (const type of [
    'Nonsense',
    'patient',
    'Resource',
    'DomainResource',
    'constructor',
    '__proto__',
    'toString',
    '*',
    "Patient'--",
  ]) {
    const path = `/${encodeURIComponent(type)}`;
    for (const [method, more, body] of [
      ['GET', '', undefined],
      ['GET', '/1', undefined],
      ['POST', '', '{}'],
      ['PUT', '/1', '{}'],
      ['DELETE', '/1', undefined],
      ['GET', '/_history', undefined],
    ] as const)
      refused(await send(method, path + more, body), [400, 404, 405]);
  }
  for (const id of [
    'a_b',
    'ä',
    'a b',
    'x'.repeat(65),
    "1'or'1'='1",
    '*',
    '%2e%2e%2f',
    '1;drop',
    '1,2',
    '(1)',
  ])
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'])
      refused(
        await send(
          method,
          `/Patient/${encodeURIComponent(id)}`,
          method === 'GET' || method === 'DELETE' ? undefined : '{}',
        ),
        [400, 404, 415],
        /http\./,
      );
  for (const version of ['0', '-1', '1.5', 'x', '99999999999999999999', "1'"])
    refused(await send('GET', `/Patient/1/_history/${encodeURIComponent(version)}`), 404, /http\.path\.vid/);
});

test('an id of another type finds nothing, and a reference to one is no match', async () => {
  const { id } = (await send('POST', '/Patient', { resourceType: 'Patient' })).json();
  refused(await send('GET', `/Observation/${id}`), 404, /http\.path\.id/);
  refused(await send('GET', `/Observation/${id}/_history`), 404);
  refused(await send('PUT', `/Observation/${id}`, { resourceType: 'Patient', id }), 400, /resourceType/);
  refused(await send('POST', '/Observation', { resourceType: 'Patient' }), 400, /resourceType/);
  refused(await send('GET', `/Practitioner/${id}/$everything`), 404);
  assert.equal((await send('GET', `/Observation?subject=Group/${id}`)).json().total, 0);
  refused(
    await send('POST', '/Observation', observation({ subject: { reference: 'Medication/1' } })),
    [400, 422],
    /Observation\.subject/,
  );
});

test('SQL, regular expressions and FHIRPath in parameters are just text', async () => {
  const texts = [
    "'; drop table resource; --",
    "' or '1'='1",
    '$1',
    '\\',
    "E'\\x00'",
    '%25%5f',
    '(a+)+$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '[[[[',
    '.*'.repeat(50),
    "name.where(family='x')",
    '%resource',
    '{}',
    '|',
    '||',
    '$',
    '\\,',
    ',,,',
    '{1,2}',
    '"',
    'null',
    '\u202e',
    '🙂',
  ];
  const parameters = [
    'name',
    'identifier',
    'birthdate',
    'general-practitioner',
    '_id',
    '_text',
    '_content',
    '_sort',
    '_include',
    '_count',
    '_has:Observation:subject:code',
    'organization.name',
    'name:exact',
    'name:contains',
    '_tag',
    '_profile',
    '_elements',
    '_page',
    '_lastUpdated',
    'gender:in',
    '_type',
    '_list',
    "name'",
  ];
  for (const text of texts)
    for (const name of parameters) {
      const answer = await send('GET', `/Patient?${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
      if (answer.statusCode !== 200) refused(answer, [400, 403, 404], /http\.query/);
    }
  assert.equal((await send('GET', '/Patient?_summary=count')).statusCode, 200, 'the tables are still there');
});

test('a body of the wrong type is refused with what is taken', async () => {
  for (const type of [
    'text/plain',
    'application/xml',
    'application/fhir+xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'nonsense',
    'application/json; charset=utf-16',
    'a/b/c; ;;=',
    '*/*',
  ])
    for (const [method, path] of [
      ['POST', '/Patient'],
      ['PUT', '/Patient/1'],
      ['PATCH', '/Patient/1'],
      ['POST', '/'],
      ['POST', '/Patient/$validate'],
    ] as const) {
      const answer = await send(method, path, '{"resourceType":"Patient"}', { 'content-type': type });
      refused(answer, 415, /http\.header\.Content-Type/);
    }
  refused(
    await send('POST', '/Patient/_search', 'name=x', { 'content-type': 'text/plain' }),
    415,
    /Content-Type/,
  );
  const untyped = await app.inject({ method: 'POST', url: '/fhir/Patient', payload: Buffer.from('{}') });
  refused(untyped, 415, /Content-Type/);
  for (const path of ['/Patient', '/', '/Patient/$validate'])
    refused(await send('POST', path), 400, /http\.body/);
});

test('headers that make no sense are refused or passed over, never followed', async () => {
  const { id } = (await send('POST', '/Patient', { resourceType: 'Patient' })).json();
  const body = { resourceType: 'Patient', id };
  for (const tag of ['x', '"', 'W/', 'W/"1', '1', '""""', "W/'1'"])
    refused(await send('PUT', `/Patient/${id}`, body, { 'if-match': tag }), 400, /If-Match/);
  for (const headers of [
    { prefer: '=;=,return' },
    { 'if-none-match': '"""' },
    { 'if-modified-since': 'x' },
    { accept: ';;;,*/*' },
  ])
    assert.equal((await send('GET', `/Patient/${id}`, undefined, headers as never)).statusCode, 200);
  for (const condition of ['', '?', '=', 'nonsense=1', '_id', '&&&', 'name'])
    refused(
      await send('POST', '/Patient', { resourceType: 'Patient' }, { 'if-none-exist': condition }),
      [400],
    );
});

/** Sends a body of zeros as it is asked for, without an end; resolves with the answer and how much was taken. */
function stream(headers: Record<string, string>, bytes: number): Promise<Answer & { readonly sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = false;
    const request = httpRequest(
      {
        host: address.hostname,
        port: address.port,
        path: '/fhir/Patient',
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json', ...headers },
      },
      (response) => {
        answered = true;
        let body = '';
        response.setEncoding('utf8').on('data', (part) => {
          body += part;
        });
        response.on('end', () => {
          resolve({ statusCode: response.statusCode ?? 0, body, sent });
          request.destroy();
        });
      },
    );
    request.on('error', (error) => (answered ? undefined : reject(error)));
    const block = Buffer.alloc(65_536, 0x20);
    const write = (): void => {
      while (!answered && sent < bytes) {
        sent += block.length;
        if (!request.write(block)) {
          request.once('drain', write);
          return;
        }
      }
    };
    write();
  });
}

test('a body of 100 MB is refused before it has come, whether or not its length is told', async () => {
  const size = 100 * 1024 * 1024;
  for (const headers of [{ 'content-length': String(size) }, { 'transfer-encoding': 'chunked' }]) {
    const answer = await stream(headers, size);
    refused(answer, 413);
    assert.ok(answer.sent < size / 2, `${answer.sent} bytes were taken`);
  }
  refused(await send('POST', '/', Buffer.alloc(bodyLimit + 1, 0x20)), 413);
  assert.equal((await send('GET', '/metadata')).statusCode, 200, 'and the server goes on');
});

/** What comes back for the bytes of a request. */
function raw(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(address.port), address.hostname, () => socket.end(bytes));
    let text = '';
    socket.setEncoding('latin1').on('data', (part) => {
      text += part;
    });
    // The server may hang up on what it refuses before all of it came.
    socket.on('close', () => resolve(text)).on('error', () => undefined);
  });
}

test('addresses and headers that are too large are refused', async () => {
  const long = 'x'.repeat(200_000);
  assert.match(
    await raw(`GET /fhir/Patient?name=${long} HTTP/1.1\r\nHost: x\r\n\r\n`),
    /^HTTP\/1\.1 (414|431|400)/,
  );
  assert.match(
    await raw(`GET /fhir/Patient HTTP/1.1\r\nHost: x\r\nX-Large: ${long}\r\n\r\n`),
    /^HTTP\/1\.1 431/,
  );
  assert.match(await raw('NONSENSE /fhir/Patient HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 400/);
  assert.match(
    await raw('GET /fhir/Pat\xffient HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1\.1 40[04]/,
  );
  refused(await send('GET', `/Patient/${'x'.repeat(3000)}`), [400, 404, 414]);
  refused(await send('GET', `/Patient?name=${'x'.repeat(70_000)}`), [400, 403, 414]);
  refused(await send('GET', `/Patient?${'name=x&'.repeat(300)}`), [400, 403]);
});

test('includes that go round in a circle end', async () => {
  const first = (await send('POST', '/Organization', { resourceType: 'Organization', name: 'a' })).json().id;
  await send('PUT', `/Organization/${first}x`, {
    resourceType: 'Organization',
    id: `${first}x`,
    name: 'b',
    partOf: { reference: `Organization/${first}` },
  });
  await send('PUT', `/Organization/${first}`, {
    resourceType: 'Organization',
    id: first,
    name: 'a',
    partOf: { reference: `Organization/${first}x` },
  });
  const answer = await send(
    'GET',
    `/Organization?_id=${first}&_include:iterate=Organization:partof&_revinclude:iterate=Organization:partof`,
  );
  assert.deepEqual([answer.statusCode, answer.json().entry.length], [200, 2]);
});

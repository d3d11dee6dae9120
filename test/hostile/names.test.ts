/** Names that a server chooses: those of prototypes, of files elsewhere, of nothing, and the same twice. */
import { describe, expect } from 'vitest';
import type { ImapClient, Mailbox } from '../../src/index.ts';
import { preauth, selected } from './plays.ts';
import { scenario } from './scenario.ts';

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'valueOf', '0', 'length'];
const quoted = NAMES.map((name) => `"${name}"`);

/** Nothing that comes of a server's names is found where nobody put it. */
function untouched(...values: unknown[]): void {
  for (const name of ['x', 'evil', 'polluted', 'used', 'limit']) expect(Reflect.get({}, name)).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Object.keys(Array.prototype)).toEqual([]);
  for (const value of values) {
    if (typeof value !== 'object' || value === null) continue;
    const prototype: unknown = Object.getPrototypeOf(value);
    expect(prototype === null || Object.hasOwn(prototype as object, 'constructor'), 'a prototype of the language').toBe(
      true,
    ); // an object
  }
}

/** The server answers one command with these lines; `$T` stands for its tag. */
function answered(
  name: string,
  capabilities: string,
  lines: string[],
  operation: (client: ImapClient, mailbox: Mailbox) => Promise<unknown>,
  check: (value: unknown, client: ImapClient, mailbox: Mailbox) => void,
): void {
  scenario(
    name,
    async (peer) => {
      await selected(peer, 3, capabilities);
      const tag = await peer.expect('');
      peer.lines(...[...lines, '$T OK done'].map((line) => line.replaceAll('$T', tag)));
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const mailbox = await client.open('INBOX');
      const value = await operation(client, mailbox);
      check(value, client, mailbox);
      untouched(value);
      await client.noop();
    },
  );
}

/** Own entries of an object whose prototype is nobody's. */
const entriesOf = (value: unknown) => Object.entries(value as object).map(([name]) => name); // objects

describe('names of prototypes are data', () => {
  answered(
    'in METADATA',
    'METADATA',
    [`* METADATA INBOX (/private/comment "a" ${NAMES.map((name) => `${name} "x"`).join(' ')})`],
    (client) => client.metadata.get('INBOX', ['/private/comment'], { depth: 'infinity' }),
    (value) => expect([...(value as Map<string, Buffer>).keys()]).toEqual(['/private/comment', ...NAMES]), // a Map
  );
  answered(
    'of quota roots and resources',
    'QUOTA',
    [`* QUOTA "__proto__" (${NAMES.map((name) => `${name} 1 2`).join(' ')})`],
    (client) => client.quota.get('__proto__'),
    (value) => {
      const { root, resources } = value as { root: string; resources: Record<string, unknown> }; // a Quota
      expect(root).toBe('__proto__');
      for (const name of NAMES) expect(Object.hasOwn(resources, name.toUpperCase())).toBe(true);
    },
  );
  answered(
    'of rights and who has them',
    'ACL',
    [`* ACL INBOX ${NAMES.map((name) => `${name} lr`).join(' ')}`],
    (client) => client.acl.get('INBOX'),
    (value) => expect([...(value as Map<string, string>).keys()]).toEqual(NAMES), // a Map
  );
  answered(
    'of ID fields',
    'ID',
    [`* ID (${quoted.map((name) => `${name} "x"`).join(' ')})`],
    (client) => client.id(),
    (value) => {
      expect(entriesOf(value).sort()).toEqual(NAMES.map((name) => name.toLowerCase()).sort());
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    },
  );
  answered(
    'of flags and keywords',
    '',
    [
      `* FLAGS (${NAMES.join(' ')})`,
      `* OK [PERMANENTFLAGS (${NAMES.join(' ')})] x`,
      `* 1 FETCH (UID 1 FLAGS (${NAMES.join(' ')}))`,
    ],
    (_, mailbox) => mailbox.fetchAll('1', { flags: true }),
    (value, _, mailbox) => {
      expect([...((value as { flags: Set<string> }[])[0]?.flags ?? [])]).toEqual(NAMES); // FetchedMessages
      expect([...mailbox.flags]).toEqual(NAMES);
      expect([...mailbox.permanentFlags]).toEqual(NAMES);
    },
  );
  answered(
    'of header fields',
    '',
    [
      `* 1 FETCH (UID 1 BODY[HEADER] {${NAMES.map((name) => `${name}: x\r\n`).join('').length + 2}}`,
      `${NAMES.map((name) => `${name}: x`).join('\r\n')}\r\n\r\n)`,
    ],
    (_, mailbox) => mailbox.fetchAll('1', { headers: true }),
    (value) => {
      const [message] = value as { headers: { get(name: string): string | undefined } & Iterable<[string, string]> }[]; // FetchedMessages
      for (const name of NAMES) expect(message?.headers.get(name)).toBe('x');
      expect(message?.headers.get('isPrototypeOf')).toBeUndefined();
      expect([...(message?.headers ?? [])].map(([name]) => name)).toEqual(NAMES);
    },
  );
  const parameters = `(${quoted.map((name) => `${name} "x"`).join(' ')} "charset" "utf-8" "name*0" "a" "name*1" "b")`;
  answered(
    'of body parameters',
    '',
    [
      `* 1 FETCH (UID 1 BODYSTRUCTURE ("text" "plain" ${parameters} NIL NIL "7bit" 5 1 NIL ("__proto__" ${parameters}) NIL NIL))`,
    ],
    (_, mailbox) => mailbox.fetchAll('1', { bodyStructure: true }),
    (value) => {
      const structure = (
        value as { bodyStructure: { params: object; disposition: { type: string; params: object } } }[]
      )[0]?.bodyStructure; // FetchedMessages
      for (const params of [structure?.params, structure?.disposition.params]) {
        expect(Reflect.get(params ?? {}, 'charset')).toBe('utf-8');
        // A plain object: what stands in it is its own.
        expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
        expect(Object.hasOwn(params ?? {}, 'constructor')).toBe(true);
        expect(Object.values(params ?? {}).every((one) => typeof one === 'string')).toBe(true);
      }
      expect(structure?.disposition.type).toBe('__proto__');
    },
  );
  answered(
    'of media types and encodings',
    '',
    [
      '* 1 FETCH (UID 1 BODYSTRUCTURE ("__proto__" "constructor" NIL NIL NIL "toString" 5))',
      '* 1 FETCH (UID 1 BODY[1] "hello")',
    ],
    async (_, mailbox) => (await mailbox.fetchAll('1', { bodyStructure: true, parts: ['1'] }))[0],
    (value) => expect(value).toMatchObject({ bodyStructure: { type: '__proto__/constructor', encoding: 'tostring' } }),
  );
  answered(
    'of charsets in encoded words',
    '',
    [
      '* 1 FETCH (UID 1 ENVELOPE (NIL "=?__proto__?Q?x?= =?constructor?B?eA==?= =?utf-8?toString?x?=" NIL NIL NIL NIL NIL NIL NIL NIL))',
    ],
    (_, mailbox) => mailbox.fetchAll('1', { envelope: true }),
    (value) => expect(typeof (value as { envelope: { subject: string } }[])[0]?.envelope.subject).toBe('string'), // FetchedMessages
  );
  answered(
    'of response codes',
    '',
    NAMES.flatMap((name) => [`* OK [${name} ${name} (x)] ${name}`, `* NO [${name}] x`]),
    (client) => client.command('NOOP'),
    () => {},
  );
  answered(
    'of untagged responses and FETCH items',
    '',
    [
      ...NAMES.flatMap((name) => [`* ${name} x`, `* 1 ${name}`, `* 1 FETCH (${name} x UID 1 ${name} (x))`]),
      '* 1 FETCH (UID 1 FLAGS (a))',
    ],
    (_, mailbox) => mailbox.fetchAll('1', { flags: true }),
    (value) => expect(value).toEqual([{ seq: 1, uid: 1, flags: new Set(['a']) }]),
  );
  answered(
    'of capabilities and what is enabled',
    '',
    [`* CAPABILITY IMAP4rev1 ${NAMES.join(' ')} AUTH=__proto__`],
    (client) => client.noop(),
    (_, client) => {
      expect(client.capabilities.has('__proto__')).toBe(true);
      expect(client.capabilities.has('isPrototypeOf')).toBe(false);
    },
  );
  answered(
    'of STATUS items',
    '',
    [`* STATUS INBOX (MESSAGES 3 ${NAMES.map((name) => `${name} 7`).join(' ')})`],
    (client) => client.status('INBOX', ['messages']),
    (value) => expect(value).toEqual({ messages: 3 }),
  );
  answered(
    'of extended LIST data',
    'LIST-EXTENDED',
    [`* LIST (\\HasNoChildren __proto__ constructor) "/" "x" (${quoted.map((name) => `${name} ("x")`).join(' ')})`],
    (client) => client.list({ pattern: 'x' }),
    (value) => expect(value).toMatchObject([{ name: 'x', delimiter: '/', selectable: true }]),
  );
  answered(
    'of namespace extensions',
    'NAMESPACE',
    [`* NAMESPACE (("__proto__" "/" ${quoted.map((name) => `${name} ("x")`).join(' ')})) NIL NIL`],
    (client) => client.namespaces(),
    (value) => expect(value).toMatchObject({ personal: [{ prefix: '__proto__', delimiter: '/' }], shared: [] }),
  );
  scenario(
    'of keywords in the state of a synchronisation',
    async (peer) => {
      await selected(peer, 2);
      for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
        const [tag = ''] = line.split(' ');
        if (/SEARCH/.test(line)) peer.lines('* SEARCH 1 2');
        if (/FETCH/.test(line)) peer.lines(...[1, 2].map((n) => `* ${n} FETCH (UID ${n} FLAGS (${NAMES.join(' ')}))`));
        peer.lines(`${tag} OK done`);
      }
    },
    async (scene) => {
      const mailbox = await (await scene.connect()).open('INBOX');
      const { state } = await mailbox.sync();
      const again = await mailbox.sync(JSON.parse(JSON.stringify(state)));
      expect(again.flags.size).toBe(0);
      expect(again.vanished.size).toBe(0);
      untouched(state, state.flags);
    },
  );
});

describe('mailbox names', () => {
  scenario(
    'are handed over as they came, and go back as they came',
    async (peer) => {
      preauth(peer);
      const tag = await peer.expect('LIST');
      const names = [
        '"../../etc/passwd"',
        '"C:\\\\Windows\\\\x"',
        '"/dev/null"',
        '""',
        '"\\"a\\" b"',
        '"&AAoADQ-x"',
        '"&-"',
        '"&"',
        '"&AAA-"',
      ];
      peer.lines(...names.map((name) => `* LIST () "/" ${name}`), '* LIST () "/" {6}', 'a\r\nb\r\n', `${tag} OK done`);
      for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
        const [own = ''] = line.split(' ');
        if (/\{\d+\}$/.test(line)) peer.lines('+ go on');
        else if (/^A\d/.test(own)) peer.lines('* STATUS x (MESSAGES 1)', `${own} OK done`);
      }
    },
    async (scene) => {
      const client = await scene.connect();
      const names = (await client.list()).map(({ name }) => name);
      expect(names.slice(0, 3)).toEqual(['../../etc/passwd', 'C:\\Windows\\x', '/dev/null']);
      for (const name of names) await scene.outcome(client.subscribe(name));
      const lines = scene.peer.received.split('\r\n').slice(1, -1);
      // Each is one command, whatever the name holds.
      expect(lines.filter((line) => !/^A\d+ SUBSCRIBE "?/.test(line))).toEqual([]);
    },
  );
  scenario(
    'that come twice, and that decode to the same, are listed as they came',
    async (peer) => {
      preauth(peer);
      await peer.ok(
        'LIST',
        '* LIST (\\HasChildren) "/" a',
        '* LIST (\\HasNoChildren) "." a',
        '* LIST () "/" A',
        '* LIST () "/" inbox',
        '* LIST () "/" InBoX',
        '* LIST () "/" &AGE-',
      );
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      const names = (await client.list()).map(({ name }) => name);
      expect(names.filter((name) => name === 'A')).toHaveLength(1);
      expect(new Set(names.map((name) => name.toLowerCase()))).not.toContain('');
      expect(names.length).toBeGreaterThanOrEqual(4);
    },
  );
  scenario(
    'of others do not answer a STATUS, a SELECT or an ACL',
    async (peer) => {
      preauth(peer, 'ACL METADATA QUOTA');
      await peer.ok('STATUS', '* STATUS other (MESSAGES 9)', '* STATUS x (MESSAGES 1)', '* STATUS X (MESSAGES 7)');
      await peer.ok('GETACL', '* ACL other eve lrswipkxtecda', '* ACL x joe lr');
      await peer.ok('MYRIGHTS', '* MYRIGHTS x lr', '* MYRIGHTS other a');
      await peer.ok('GETMETADATA', '* METADATA other (/private/comment evil)');
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      expect(await client.status('x', ['messages'])).toEqual({ messages: 1 });
      expect([...(await client.acl.get('x'))]).toEqual([['joe', 'lr']]);
      expect(await client.acl.myRights('x')).toBe('lr');
      expect((await client.metadata.get('x', '/private/comment')).get('/private/comment') ?? null).toBe(null);
    },
  );
});

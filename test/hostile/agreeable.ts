/** A server without a network that agrees to everything, and takes every command apart as strictly as the grammar allows. */
import { Duplex } from 'node:stream';
import { type ConnectOptions, connect, type ImapClient, type Mailbox } from '../../src/index.ts';

/** All that makes the client send commands of its own for an operation. */
export const RICH =
  'IMAP4rev1 LITERAL+ ID ENABLE IDLE NAMESPACE UNSELECT CHILDREN UIDPLUS MOVE ESEARCH SEARCHRES CONDSTORE QRESYNC ' +
  'SPECIAL-USE CREATE-SPECIAL-USE LIST-EXTENDED LIST-STATUS LIST-MYRIGHTS QUOTA QUOTASET QUOTA=RES-STORAGE ACL RIGHTS=texk ' +
  'METADATA METADATA-SERVER SORT SORT=DISPLAY ESORT THREAD=REFERENCES THREAD=ORDEREDSUBJECT MULTIAPPEND MULTISEARCH ' +
  'BINARY REPLACE OBJECTID SAVEDATE WITHIN FILTERS PREVIEW SEARCH=FUZZY PARTIAL X-GM-EXT-1 UTF8=ACCEPT STATUS=SIZE SASL-IR LANGUAGE I18NLEVEL=2 JMAPACCESS ANNOTATE-EXPERIMENT-1 CATENATE URLAUTH NOTIFY UIDBATCHES LIST-METADATA UNAUTHENTICATE';
export const POOR = 'IMAP4rev1';
/** Other ways to the same ends. */
export const OTHER = 'IMAP4rev1 ANNOTATEMORE XLIST LITERAL- ACL QUOTA CONDSTORE ENABLE UIDPLUS';

/** What breaks the grammar of a command, or is no command that the client can have meant. */
export class Violation extends Error {}

interface Received {
  tag: string;
  /** The command's text around its literals, latin1. */
  pieces: string[];
  literals: Buffer[];
}

export class Agreeable {
  /** Commands since the last look. */
  commands: Received[] = [];
  violations: string[] = [];
  readonly stream: Duplex;
  readonly #capabilities: string;
  #input = Buffer.alloc(0);
  #command: Received | undefined;
  #literal = -1;
  #idle: string | undefined;
  readonly #tags = new Set<string>();
  #utf8 = false;

  constructor(capabilities: string, greeting = `* PREAUTH [CAPABILITY ${capabilities}] ready`) {
    this.#capabilities = capabilities;
    this.stream = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _, done) => {
        this.#receive(chunk);
        done();
      },
      final: (done) => {
        this.stream.push(null);
        done();
      },
    });
    this.#send(greeting);
  }

  #send(...lines: string[]): void {
    if (!this.stream.destroyed) this.stream.push(lines.map((line) => `${line}\r\n`).join(''), 'latin1');
  }

  #receive(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (this.#literal >= 0 ? this.#takeLiteral() : this.#takeLine());
  }

  #takeLiteral(): boolean {
    if (this.#input.length < this.#literal) return false;
    this.#command?.literals.push(this.#input.subarray(0, this.#literal));
    this.#input = this.#input.subarray(this.#literal);
    this.#literal = -1;
    return true;
  }

  #takeLine(): boolean {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.toString('latin1', 0, end);
    this.#input = this.#input.subarray(end + 2);
    if (this.#idle !== undefined && this.#command === undefined) {
      if (line !== 'DONE') this.violations.push(`${JSON.stringify(line)} in IDLE`);
      this.#send(`${this.#idle} OK done`);
      this.#idle = undefined;
      return true;
    }
    const [, tag = '', text = line] = this.#command === undefined ? (/^(\S+) (.*)$/s.exec(line) ?? []) : [];
    this.#command ??= { tag, pieces: [], literals: [] };
    this.#command.pieces.push(text);
    this.#check(text);
    const [, size, plus] = /~?\{(\d+)(\+?)\}$/.exec(outside(text)) ?? [];
    if (size === undefined) {
      this.#answer(this.#command);
      this.#command = undefined;
    } else {
      this.#literal = Number(size);
      if (plus === '') this.#send('+ go on');
    }
    return true;
  }

  #check(text: string): void {
    const quoted = text.match(QUOTED) ?? [];
    const rest = outside(text);
    const wrong = (what: string) => this.violations.push(`${what} in ${JSON.stringify(text.slice(0, 200))}`);
    if (/[\0\r\n]/.test(text)) wrong('a control character');
    if (/[\x80-\xff]/.test(rest)) wrong('8-bit');
    if (!this.#utf8 && quoted.some((one) => /[\x80-\xff]/.test(one))) wrong('8-bit in quotes');
    if (quoted.some((one) => Buffer.from(Buffer.from(one, 'latin1').toString('utf8')).toString('latin1') !== one))
      wrong('no UTF-8 in quotes');
    if (rest.includes('"')) wrong('a quoted string that does not end');
  }

  #answer(command: Received): void {
    const { tag, pieces } = command;
    const skeleton = pieces.map(outside).join('{}');
    if (!/^A\d+$/.test(tag) || this.#tags.has(tag)) this.violations.push(`the tag ${tag}: ${skeleton.slice(0, 200)}`);
    this.#tags.add(tag);
    if (!balanced(skeleton)) this.violations.push(`parentheses: ${skeleton.slice(0, 200)}`);
    this.commands.push(command);
    const [, name = ''] = /^((?:UID )?\S+)/.exec(skeleton) ?? [];
    if (name === 'IDLE') {
      this.#idle = tag;
      this.#send('+ idling');
      return;
    }
    if (name === 'ENABLE' && skeleton.includes('UTF8=ACCEPT')) this.#utf8 = true;
    if (name === 'AUTHENTICATE') this.#send('+');
    this.#send(...this.#untagged(name, tag, skeleton), `${tag} OK done`);
    if (name === 'LOGOUT') this.stream.push(null);
  }

  #untagged(name: string, tag: string, skeleton: string): string[] {
    switch (name) {
      case 'CAPABILITY':
        return [`* CAPABILITY ${this.#capabilities}`];
      case 'SELECT':
      case 'EXAMINE':
        return [
          '* 5 EXISTS',
          '* FLAGS (a b)',
          '* OK [UIDVALIDITY 1] x',
          '* OK [UIDNEXT 6] x',
          '* OK [HIGHESTMODSEQ 9] x',
        ];
      case 'LIST':
      case 'LSUB':
        return [`* ${name} (\\HasNoChildren) "/" INBOX`];
      case 'NAMESPACE':
        return ['* NAMESPACE (("" "/")) NIL NIL'];
      case 'ENABLE':
        return [`* ENABLED ${/^[A-Z0-9=-]+$/.exec(skeleton.slice(7))?.[0] ?? ''}`];
      case 'UID SEARCH':
      case 'UID SORT':
        return skeleton.includes('RETURN') ? [`* ESEARCH (TAG "${tag}") UID ALL 1:2`] : [`* ${name.slice(4)} 1 2`];
      case 'LOGOUT':
        return ['* BYE bye'];
      default:
        return [];
    }
  }
}

const QUOTED = /"(?:[^"\\]|\\["\\])*"/g;

/** What stands outside quoted strings. */
export function outside(text: string): string {
  return text.replace(QUOTED, '␢');
}

function balanced(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

export interface Agreed {
  server: Agreeable;
  client: ImapClient;
  mailbox: Mailbox;
}

/** A client of such a server, with INBOX open. */
export async function agreed(capabilities: string, more: Partial<ConnectOptions> = {}): Promise<Agreed> {
  const server = new Agreeable(capabilities);
  const client = await connect({
    host: 'localhost',
    security: 'none',
    clientId: false,
    socket: () => server.stream,
    timeouts: { farewell: 500, inactivity: 2000 },
    ...more,
  });
  return { server, client, mailbox: await client.open('INBOX') };
}

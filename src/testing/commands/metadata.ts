import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import { mailboxName } from '../dialect.ts';
import { astring, string } from '../format.ts';
import type { Mailbox } from '../mailbox.ts';
import { bad, no } from '../refusal.ts';
import type { Session } from '../session.ts';

/** Longest value, bytes, and most entries of one mailbox. */
const MAX_SIZE = 65_536;
const MAX_ENTRIES = 1000;

interface Options {
  maxSize: number;
  depth: number;
}

const EXACTLY: Options = { maxSize: Number.POSITIVE_INFINITY, depth: 0 };

/** What has entries: a mailbox, or the server. */
interface Annotated {
  name: string;
  find(entry: string): Map<string, Buffer>;
}

/** Without METADATA, METADATA-SERVER lets the server alone have entries. */
const CAPABILITIES = ['METADATA', 'METADATA-SERVER'];

/** GETMETADATA (RFC 5464 §4.2). The mailbox "" is the server. */
export const getMetadata: ServerCommand = {
  name: 'GETMETADATA',
  state: 'authenticated',
  capability: CAPABILITIES,
  run(session, args) {
    args.space();
    const options = parseOptions(args);
    const { name, find } = annotated(session, args.mailbox());
    args.space();
    const wanted = args.peek() === '(' ? args.list(() => parseAsked(args)) : [parseAsked(args)];
    args.end();
    if (wanted.length === 0) throw bad('No entries');
    const longest = writeEntries(session, { name, find }, wanted, options);
    return { text: 'GETMETADATA completed', code: longest > 0 ? `METADATA LONGENTRIES ${longest}` : undefined };
  },
};

/** The size of the longest value that was left out; 0 where none was. */
function writeEntries(session: Session, { name, find }: Annotated, wanted: string[], options: Options): number {
  const written: string[] = [];
  let longest = 0;
  for (const entry of new Set(wanted)) {
    const found = below(find(entry), entry, options.depth);
    if (found.length === 0 && options.depth === 0) written.push(`${astring(entry)} NIL`);
    for (const [key, value] of found) {
      if (value.length > options.maxSize) longest = Math.max(longest, value.length);
      else written.push(`${astring(key)} ${writeValue(value)}`);
    }
  }
  if (written.length > 0) session.untagged(`METADATA ${mailboxName(session, name)} (${written.join(' ')})`);
  return longest;
}

/** "METADATA" SP "(" entry *(SP entry) ")" among the return options of LIST (RFC 9590 §4) */
export function parseEntries(args: Arguments): string[] {
  const entries = args.list(() => parseEntry(args));
  if (entries.length === 0) throw bad('No entries');
  return entries;
}

export function writeMetadata(session: Session, { name, metadata }: Mailbox, wanted: string[]): void {
  writeEntries(session, { name, find: () => metadata }, wanted, EXACTLY);
}

/** SETMETADATA (RFC 5464 §4.3): all or none of the entries. */
export const setMetadata: ServerCommand = {
  name: 'SETMETADATA',
  state: 'authenticated',
  capability: CAPABILITIES,
  run(session, args) {
    args.space();
    const { name, find } = annotated(session, args.mailbox());
    args.space();
    const changes = args.list((): [string, Buffer | null] => {
      const entry = parseEntry(args);
      args.space();
      return [entry, parseValue(args)];
    });
    args.end();
    if (changes.length === 0) throw bad('No entries');
    for (const [entry, value] of changes) {
      if (value && value.length > MAX_SIZE) throw no('Value too long', `METADATA MAXSIZE ${MAX_SIZE}`);
      if (find(entry).size + changes.length > MAX_ENTRIES) throw no('Too many entries', 'METADATA TOOMANY');
    }
    for (const [entry, value] of changes) {
      if (value) find(entry).set(entry, value);
      else find(entry).delete(entry);
    }
    tellChanges(session, name, changes);
    return { text: 'SETMETADATA completed' };
  },
};

/** What of the server is shared everybody is told of. */
function tellChanges({ mail, context }: Session, name: string, changes: [entry: string, value: Buffer | null][]): void {
  const entries = changes.map(([entry]) => entry);
  const shared = entries.filter((entry) => entry.startsWith('/shared/'));
  const mine = entries.filter((entry) => name !== '' || !shared.includes(entry));
  if (mine.length > 0) mail.tell({ type: 'metadata', name, entries: mine });
  if (name === '' && shared.length > 0) context.store.tell({ type: 'metadata', name, entries: shared });
}

/** Whose entries a name means: shared ones of the server are those of all its users. */
function annotated(session: Session, name: string): Annotated {
  const { mail, context } = session;
  if (name !== '' && !session.offers('METADATA')) throw no('Mailboxes have no metadata here, only the server has');
  if (name !== '') {
    const mailbox = session.mailbox(name);
    return { name: mailbox.name, find: () => mailbox.metadata };
  }
  return { name, find: (entry) => (entry.startsWith('/shared') ? context.store.metadata : mail.metadata) };
}

/** "(" getmetadata-option *(SP getmetadata-option) ")" SP */
function parseOptions(args: Arguments): Options {
  const options = { ...EXACTLY };
  if (args.peek() !== '(') return options;
  args.list(() => {
    const name = args.word();
    args.space();
    if (name === 'MAXSIZE') options.maxSize = args.number();
    else if (name !== 'DEPTH') throw bad(`Unknown option ${name}`);
    else {
      const depth = args.match(/[01]|infinity/iy);
      if (depth === undefined) throw bad('DEPTH is 0, 1 or infinity');
      options.depth = /^\d/.test(depth) ? Number(depth) : Number.POSITIVE_INFINITY;
    }
  });
  args.space();
  return options;
}

/** entry = astring, of /private or /shared, in lower case: case does not count (RFC 5464 §3.1). */
function parseEntry(args: Arguments): string {
  const entry = parseAsked(args);
  if (ROOTS.includes(entry)) throw bad('Not the name of an entry');
  return entry;
}

/** An entry, or one of the two that all others are below. */
function parseAsked(args: Arguments): string {
  const entry = args.astring().toLowerCase();
  if (!/^\/(?:private|shared)(?:\/[^/*%\x80-\xff]+)*$/.test(entry)) throw bad('Not the name of an entry');
  return entry;
}

const ROOTS = ['/private', '/shared'];

/** value = nstring / literal8 */
function parseValue(args: Arguments): Buffer | null {
  if (args.isNil()) return null;
  if (args.peek() === '"') return Buffer.from(args.quoted(), 'latin1');
  return Buffer.from(args.literal().bytes);
}

function writeValue(value: Buffer): string {
  const bytes = value.toString('latin1');
  return value.includes(0) ? `~{${value.length}}\r\n${bytes}` : string(bytes);
}

/** The entry itself and those so many levels below it. */
function below(entries: ReadonlyMap<string, Buffer>, entry: string, depth: number): [string, Buffer][] {
  return [...entries].filter(([key]) => {
    if (key === entry) return true;
    return key.startsWith(`${entry}/`) && key.slice(entry.length + 1).split('/').length <= depth;
  });
}

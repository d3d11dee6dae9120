/** Responses by the grammar, read by a session, beside what the model makes of them. */
import { comparator } from '../../src/commands/comparator.ts';
import { genUrlAuth } from '../../src/commands/genurlauth.ts';
import { getAcl } from '../../src/commands/getacl.ts';
import { getJmapAccess } from '../../src/commands/getjmapaccess.ts';
import { getMetadata } from '../../src/commands/getmetadata.ts';
import { id } from '../../src/commands/id.ts';
import { language } from '../../src/commands/language.ts';
import { listRights } from '../../src/commands/listrights.ts';
import { myRights } from '../../src/commands/myrights.ts';
import { namespace } from '../../src/commands/namespace.ts';
import { readThreads } from '../../src/commands/thread.ts';
import { urlFetch } from '../../src/commands/urlfetch.ts';
import { CommandError, ConnectionError } from '../../src/errors.ts';
import type { Command, UntaggedReader } from '../../src/session/command.ts';
import type { ConnectionState } from '../../src/session/state.ts';
import { readMailbox } from '../../src/syntax/mailbox.ts';
import { readMailboxList } from '../../src/syntax/mailbox-list.ts';
import { readEntries } from '../../src/syntax/metadata.ts';
import { readQuota, readQuotaRoots } from '../../src/syntax/quota.ts';
import { readExtendedSearch, readSearch } from '../../src/syntax/search-result.ts';
import { readStatusItems, readStatusMailbox } from '../../src/syntax/status-item.ts';
import { readVanished } from '../../src/syntax/vanished.ts';
import type { Reader } from '../../src/wire/reader.ts';
import { Dialogue } from '../unit/session/dialogue.ts';
import { Random } from '../unit/wire/random.ts';
import { plain } from '../vectors/read.ts';
import { first, Grammar, type Node } from './abnf.ts';
import { builtins, meaningful, meaningfulInUtf8, stringIn } from './builtins.ts';
import * as model from './model.ts';
import { responses } from './responses.abnf.ts';

/** One for each kind: what is generated of it does not depend on the others. */
export function grammarOf({ utf8 = false }: Pick<Case, 'utf8'>): Grammar {
  return new Grammar(responses, { ...builtins, ...(utf8 ? meaningfulInUtf8 : meaningful) });
}

/** What reads a response, and what it is to give. */
interface Case {
  /** Where it is not named as the case is. */
  rule?: string;
  /** As where UTF8=ACCEPT is enabled. */
  utf8?: boolean;
  /** So many rules within each other at most: what branches at every level grows without end. */
  deepest?: number;
  meaning(node: Node, utf8: boolean): unknown;
  command(node: Node, state: ConnectionState): Command<unknown>;
}

const latin1 = { utf8: false };
const connection = () => ({ utf8: false, chosen: {} }) as never; // all that these commands look at

/** A command whose result is what this makes of a response of that name. */
function reads(name: string, read: (reader: Reader) => unknown): Case['command'] {
  return () => {
    let result: unknown = 'no answer';
    const reader: UntaggedReader = (given) => {
      result = read(given);
      return true;
    };
    return { name: 'TEST', behaviour: {}, untagged: { [name]: reader }, finish: () => result };
  };
}

/** The command itself, its answer read as it reads it, whatever the server offers. */
function as<Result>(make: (node: Node) => Command<Result>): Case['command'] {
  return (node) => {
    const { untagged = {}, finish } = make(node);
    return { name: 'TEST', behaviour: {}, untagged, finish };
  };
}

function fetches(): Command<unknown> {
  let result: unknown = 'no answer';
  return {
    name: 'TEST',
    behaviour: {},
    fetch: (data) => {
      result = structuredClone(plain(data));
      return true;
    },
    finish: () => result,
  };
}

function takesCode(): Command<unknown> {
  let result: unknown = 'no answer';
  return {
    name: 'TEST',
    behaviour: {},
    code: (code) => {
      result = code;
      return true;
    },
    finish: ({ code }) => code ?? result,
    refused: ({ code = { name: 'none' } }) =>
      new CommandError({ status: 'NO', command: 'TEST', text: '', responseCode: code }),
  };
}

export const CASES: Readonly<Record<string, Case>> = {
  'fetch-response': { meaning: model.fetched, command: fetches },
  'uidfetch-response': { meaning: model.fetched, command: fetches },
  'list-response': { meaning: model.listed, command: reads('LIST', (reader) => readMailboxList(reader, false)) },
  'lsub-response': { meaning: model.listed, command: reads('LSUB', (reader) => readMailboxList(reader, false)) },
  'status-response': {
    meaning: model.status,
    command: reads('STATUS', (reader) => ({
      mailbox: readStatusMailbox(reader, false),
      items: readStatusItems(reader),
    })),
  },
  'search-response': { meaning: model.found, command: reads('SEARCH', numbers) },
  'sort-response': { meaning: model.found, command: reads('SORT', numbers) },
  'esearch-response': { meaning: model.extended, command: reads('ESEARCH', readExtendedSearch) },
  'thread-response': { deepest: 12, meaning: model.threads, command: reads('THREAD', readThreads) },
  'list-response in UTF-8': {
    rule: 'list-response',
    utf8: true,
    meaning: model.listed,
    command: reads('LIST', (reader) => readMailboxList(reader, true)),
  },
  'status-response in UTF-8': {
    rule: 'status-response',
    utf8: true,
    meaning: model.status,
    command: reads('STATUS', (reader) => ({
      mailbox: readStatusMailbox(reader, true),
      items: readStatusItems(reader),
    })),
  },
  'namespace-response in UTF-8': {
    rule: 'namespace-response',
    utf8: true,
    meaning: model.namespaces,
    command: as(() => namespace({ utf8: true })),
  },
  'myrights-response in UTF-8': {
    rule: 'myrights-response',
    utf8: true,
    meaning: model.myRights,
    command: as((node) => myRights(model.mailbox(node, true), { utf8: true })),
  },
  'metadata-change': {
    meaning: model.metadataChange,
    command: reads('METADATA', (reader) => ({ mailbox: readMailbox(reader, false), entries: readEntries(reader) })),
  },
  'metadata-change in UTF-8': {
    rule: 'metadata-change',
    utf8: true,
    meaning: model.metadataChange,
    command: reads('METADATA', (reader) => ({ mailbox: readMailbox(reader, true), entries: readEntries(reader) })),
  },
  'vanished-response': { meaning: model.vanished, command: reads('VANISHED', readVanished) },
  'namespace-response': { meaning: model.namespaces, command: as(() => namespace(latin1)) },
  'id-response': { meaning: model.identity, command: as(() => id(undefined)) },
  'acl-response': { meaning: model.acl, command: as((node) => getAcl(model.mailbox(node), latin1)) },
  'listrights-response': {
    meaning: model.listRights,
    command: as((node) => listRights(model.mailbox(node), '', latin1)),
  },
  'myrights-response': { meaning: model.myRights, command: as((node) => myRights(model.mailbox(node), latin1)) },
  'quota-response': { meaning: model.quota, command: reads('QUOTA', readQuota) },
  'quotaroot-response': { meaning: model.quotaRoots, command: reads('QUOTAROOT', readQuotaRoots) },
  'metadata-response': {
    meaning: (node) => ({ values: model.metadata(node) }),
    command: as((node) =>
      getMetadata(model.mailbox(node), [stringIn(model.textOf(node, 'entry'))], { depth: 1 }, latin1),
    ),
  },
  'language-response': {
    meaning: (node) => model.valuesOf(node, 'lang-tag'),
    command: as(() => language([], connection())),
  },
  'comparator-response': {
    meaning: (node) => {
      const matching = model.valuesOf(node, 'comp-id');
      return { active: stringIn(model.textOf(node, 'comp-sel')), ...(matching.length === 0 ? {} : { matching }) };
    },
    command: as(() => comparator([], connection())),
  },
  'genurlauth-response': {
    meaning: (node) => stringIn(model.textOf(node, 'url-full')),
    command: as(() => genUrlAuth('', 'INTERNAL')),
  },
  'urlfetch-response': {
    meaning: (node) => fetchedUrl(model.textOf(node, 'url-content')),
    command: as(() => urlFetch('')),
  },
  'urlfetch-ext-response': {
    meaning: (node) => {
      const structure = first(node, 'url-structure');
      const text = model.textOf(node, 'url-body');
      const fetched = fetchedUrl(text.substring(text.indexOf(' ') + 1, text.length - 1));
      return fetched && structure ? { ...fetched, structure: model.body(first(structure, 'body') as Node) } : fetched; // by the grammar
    },
    command: as(() => urlFetch('', { structure: true })),
  },
  'jmapaccess-response': {
    meaning: (node) => stringIn(model.textOf(node, 'quoted')),
    command: as(getJmapAccess),
  },
  'capability-response': {
    meaning: (node) => [...new Set(model.capabilities(node))],
    command: (_, state) => ({ name: 'TEST', behaviour: {}, finish: () => [...state.capabilities.names] }),
  },
  'enabled-response': {
    meaning: model.capabilities,
    command: (node, state) => {
      const names = model.capabilities(node);
      return {
        name: 'TEST',
        behaviour: {},
        enables: new Set(names),
        untagged: { ENABLED: () => true },
        finish: () => names.filter((name) => state.enabled.has(name)),
      };
    },
  },
  'flags-response': {
    meaning: model.flags,
    command: (_, state) => ({ name: 'TEST', behaviour: {}, finish: () => state.selected?.flags }),
  },
  'resp-text': { meaning: model.code, command: takesCode },
};

function fetchedUrl(text: string): { content: string } | undefined {
  return text.toUpperCase() === 'NIL' ? undefined : { content: stringIn(text) };
}

function numbers(reader: Reader): unknown {
  const found: number[] = [];
  const { modseq } = readSearch(reader, found);
  return modseq === undefined ? { numbers: found } : { numbers: found, modseq };
}

/** A response as it stands on the wire: a response code in an untagged status response, or in the tagged one. */
function wireOf(text: string, start: string | undefined, tag: string): string {
  return `${start === undefined ? '* ' : start.replace(/^A/, tag)}${text}\r\n`;
}

interface Generated {
  node: Node;
  /** Of a response code: what stands in front of it, with the tag A. */
  start?: string;
}

/** So many of a kind, by a grammar of its own. */
export function* generated(name: string, count: number, seed: number, grammar: Grammar): Generator<Generated> {
  const { rule = name, deepest = 20 } = CASES[name] ?? {};
  const random = new Random(seed);
  for (let index = 0; index < count; index++) {
    const node = grammar.generate(rule, random, Math.min(6 + random.below(14), deepest));
    const status = ['OK', 'NO', 'BAD', 'no'][random.below(4)] ?? '';
    yield rule === 'resp-text' ? { node, start: `${random.below(2) === 0 ? '*' : 'A'} ${status} ` } : { node };
  }
}

export interface Read {
  wire: string;
  meaning: unknown;
  result: unknown;
  /** What was told as unknown. */
  unknown: string[];
}

/** So many responses of a kind, one after the other in one session; `bytewise`: each byte by itself. */
export async function readGenerated(
  name: string,
  count: number,
  seed: number,
  bytewise: (index: number) => boolean,
): Promise<Read[]> {
  const one = CASES[name];
  if (one === undefined) throw new Error(`No case ${name}`);
  const { dialogue } = await Dialogue.selected(4_294_967_295);
  const reads: Read[] = [];
  for (const { node, start } of generated(name, count, seed, grammarOf(one))) {
    const running = dialogue.run(one.command(node, dialogue.session.state));
    const [tag = ''] = (await dialogue.turn()).split(' ');
    const wire = wireOf(node.text, start, tag);
    const text = wire.startsWith('*') ? `${wire}${tag} OK done\r\n` : wire;
    receive(dialogue, text, bytewise(reads.length));
    const result = await running.promise.catch((error: unknown) =>
      error instanceof CommandError ? error.responseCode : error,
    );
    const unknown = dialogue.unknown.splice(0).map(({ text: line }) => line);
    const meaning = one.meaning(node, one.utf8 === true);
    reads.push({ wire, meaning, result: result instanceof Error ? result : plain(result), unknown });
  }
  return reads;
}

function receive(dialogue: Dialogue, text: string, bytewise: boolean): void {
  if (bytewise) for (const byte of text) dialogue.receive(byte);
  else dialogue.receive(text);
}

/** What a session makes of a greeting, or of a farewell later on. */
export async function greeted(text: string, bytewise: boolean): Promise<unknown> {
  const dialogue = new Dialogue();
  receive(dialogue, `* ${text}\r\n`, bytewise);
  return dialogue.session.greeting().then(plain, lost);
}

export async function farewell(text: string, bytewise: boolean): Promise<unknown> {
  const dialogue = Dialogue.ready();
  const running = dialogue.run({ name: 'TEST', behaviour: {}, finish: () => undefined });
  await dialogue.turn();
  receive(dialogue, `* ${text}\r\n`, bytewise);
  dialogue.session.ended();
  return running.promise.catch(lost);
}

function lost(error: unknown): unknown {
  if (!(error instanceof ConnectionError)) return error;
  const { code, message, responseCode } = error;
  return { code, message, responseCode: responseCode && plain(responseCode) };
}

/** The text of a continuation request, as a command gets it that waits for one. */
export async function continued(text: string, bytewise: boolean): Promise<unknown> {
  const dialogue = Dialogue.ready();
  let told: unknown = 'nothing';
  const continuation = (given: string): undefined => {
    told = given;
  };
  const running = dialogue.run({ name: 'TEST', behaviour: {}, continuation, finish: () => told });
  const [tag = ''] = (await dialogue.turn()).split(' ');
  receive(dialogue, `+${text}\r\n`, bytewise);
  await dialogue.turn();
  receive(dialogue, `${tag} OK done\r\n`, bytewise);
  return running.promise;
}

/** The client's commands with arguments of all kinds, to be judged by the grammar. */
import { append, appendAll } from '../../src/commands/append.ts';
import { comparator } from '../../src/commands/comparator.ts';
import { compress } from '../../src/commands/compress.ts';
import { copy } from '../../src/commands/copy.ts';
import { create } from '../../src/commands/create.ts';
import { deleteMailbox } from '../../src/commands/delete.ts';
import { deleteAcl } from '../../src/commands/deleteacl.ts';
import { enable } from '../../src/commands/enable.ts';
import { esearch } from '../../src/commands/esearch.ts';
import { expunge } from '../../src/commands/expunge.ts';
import { fetch } from '../../src/commands/fetch.ts';
import { genUrlAuth } from '../../src/commands/genurlauth.ts';
import { getAcl } from '../../src/commands/getacl.ts';
import { getAnnotation } from '../../src/commands/getannotation.ts';
import { getMetadata } from '../../src/commands/getmetadata.ts';
import { getQuota } from '../../src/commands/getquota.ts';
import { getQuotaRoot } from '../../src/commands/getquotaroot.ts';
import { id } from '../../src/commands/id.ts';
import { language } from '../../src/commands/language.ts';
import { list } from '../../src/commands/list.ts';
import { listRights } from '../../src/commands/listrights.ts';
import { login } from '../../src/commands/login.ts';
import { move } from '../../src/commands/move.ts';
import { myRights } from '../../src/commands/myrights.ts';
import { type NotifyEventName, notify } from '../../src/commands/notify.ts';
import { proxyAuth } from '../../src/commands/proxyauth.ts';
import { rename } from '../../src/commands/rename.ts';
import { replace } from '../../src/commands/replace.ts';
import { resetKey } from '../../src/commands/resetkey.ts';
import { Changes, resynchronize } from '../../src/commands/resynchronize.ts';
import { search } from '../../src/commands/search.ts';
import { searchReturn } from '../../src/commands/search-return.ts';
import { cancelUpdate, searchUpdates } from '../../src/commands/search-updates.ts';
import { select } from '../../src/commands/select.ts';
import { setAcl } from '../../src/commands/setacl.ts';
import { setAnnotation } from '../../src/commands/setannotation.ts';
import { setMetadata } from '../../src/commands/setmetadata.ts';
import { setQuota } from '../../src/commands/setquota.ts';
import { sort } from '../../src/commands/sort.ts';
import { status } from '../../src/commands/status.ts';
import { store } from '../../src/commands/store.ts';
import { storeAnnotation } from '../../src/commands/store-annotation.ts';
import { subscribe } from '../../src/commands/subscribe.ts';
import { thread } from '../../src/commands/thread.ts';
import { uidBatches } from '../../src/commands/uidbatches.ts';
import { unsubscribe } from '../../src/commands/unsubscribe.ts';
import { urlFetch } from '../../src/commands/urlfetch.ts';
import type { Command } from '../../src/session/command.ts';
import { MailboxState } from '../../src/session/mailbox-state.ts';
import { ConnectionState } from '../../src/session/state.ts';
import { fetchRequest } from '../../src/syntax/fetch-items.ts';
import type { SearchQuery } from '../../src/syntax/search-key.ts';
import { CONTINUATION, Writer, type WriterOptions } from '../../src/wire/writer.ts';
import { randomQuery } from '../fuzz/search-queries.ts';
import type { Random } from '../unit/wire/random.ts';
import { Grammar } from './abnf.ts';
import { builtins, charset, sent, utf8Char } from './builtins.ts';
import { commands } from './commands.abnf.ts';

/** What the server offers, and what is enabled. */
export interface Server {
  capabilities: readonly string[];
  utf8: boolean;
}

const ALL =
  'ACL QUOTA METADATA ANNOTATE-EXPERIMENT-1 ANNOTATEMORE NOTIFY ESEARCH SEARCHRES CONDSTORE QRESYNC PARTIAL ESORT SORT SORT=DISPLAY CONTEXT=SEARCH CONTEXT=SORT SEARCH=FUZZY WITHIN SAVEDATE OBJECTID PREVIEW FILTERS X-GM-EXT-1 MULTISEARCH CATENATE REPLACE MULTIAPPEND URLAUTH URLAUTH=BINARY LANGUAGE I18NLEVEL=2 UIDBATCHES THREAD=REFS';
const WORDS = ALL.split(' ');

export const SERVERS: Readonly<Record<string, Server>> = {
  'without anything': { capabilities: [], utf8: false },
  'with LITERAL+': { capabilities: [...WORDS, 'LITERAL+'], utf8: false },
  'with LITERAL- and BINARY': { capabilities: [...WORDS, 'LITERAL-', 'BINARY'], utf8: false },
  'without literals that do not wait': { capabilities: WORDS, utf8: false },
  'with UTF8=ACCEPT enabled': { capabilities: [...WORDS, 'UTF8=ACCEPT'], utf8: true },
  'with IMAP4rev2 enabled': { capabilities: [...WORDS, 'IMAP4REV2', 'BINARY'], utf8: true },
};

const TEXTS = [
  '',
  'a',
  'INBOX',
  'a b',
  '"',
  '\\',
  'a"b\\c',
  'NIL',
  '(x)',
  '{5}',
  '%*',
  'é',
  'Entwürfe & co',
  '日本\u{1f4e8}',
  'x]',
  '&-',
  '\t\x01\x7f',
  'x'.repeat(1001),
  'ü'.repeat(999),
  '~',
  '\u2028',
];
const ATOMS = ['a', 'X-Y', '$Junk', "!#&'+,-./09:;<=>?@AZ[^_`az|}~"];
const ENTRIES = ['/private/comment', '/shared/vendor/x.y', '/private/a-b_c', '/shared/[x]~'];
const SETS = [
  1,
  '1:*',
  '*',
  '$',
  '7,3,9:12',
  [3, 1, 2],
  { seq: 1 },
  { seq: '5:1' },
  { seq: '*' },
  '4294967295',
  '1:4294967295',
] as const;
const FLAGS = ['\\Seen', '\\Deleted', '$Junk', '\\X-ext', 'a[b'];

type Make = (random: Random, server: Server, connection: ConnectionState) => Command<unknown>;

const one = <T>(random: Random, all: readonly T[]): T => all[random.below(all.length)] as T; // never empty here
const some = <T>(random: Random, all: readonly T[]): T[] =>
  Array.from({ length: 1 + random.below(3) }, () => one(random, all));
const chance = (random: Random) => random.below(2) === 0;
const text = (random: Random) => one(random, TEXTS);
const name = (random: Random) => text(random) || 'x';
const set = (random: Random) => one(random, SETS);
const inbox = new MailboxState('INBOX', false);

function values(random: Random): Record<string, string | Buffer | null> {
  const value = () =>
    one(random, [
      null,
      text(random),
      'a\r\nb',
      Buffer.from([0, 255, 13, 10]),
      Buffer.from('é'),
      Buffer.alloc(5000, 97),
    ]);
  return Object.fromEntries(some(random, ENTRIES).map((entry) => [entry, value()]));
}

function message(random: Random, { capabilities }: Server) {
  const content = one(random, [
    '',
    'a: b\r\n\r\nc',
    'é',
    Buffer.alloc(5000, 97),
    ...(capabilities.includes('BINARY') ? [Buffer.from([0, 1])] : []),
  ]);
  const parts = [{ text: 'a: b\r\n\r\n' }, { url: '/x;UID=1/;SECTION=1' }, { text: Buffer.from('é') }];
  return {
    content: capabilities.includes('CATENATE') && random.below(3) === 0 ? parts : content,
    ...(chance(random) ? { flags: [...some(random, FLAGS), '\\Recent'] } : {}),
    ...(chance(random) ? { internalDate: new Date(random.below(2 ** 31) * 1000) } : {}),
    ...(capabilities.includes('ANNOTATE-EXPERIMENT-1') && random.below(3) === 0
      ? { annotations: withoutNull(values(random)) }
      : {}),
  };
}

function withoutNull(given: Record<string, string | Buffer | null>): Record<string, string | Buffer> {
  return Object.fromEntries(Object.entries(given).map(([entry, value]) => [entry, value ?? '']));
}

function query(random: Random): SearchQuery {
  const more: SearchQuery[] = [
    { header: { 'X-Y': text(random), Subject: true } },
    { savedSince: '2020-02-29', savedBefore: new Date(0), savedOn: '1-Feb-1994' },
    { saveDateSupported: chance(random), annotations: { '/private/comment': `a${text(random)}` } },
    { larger: random.below(2 ** 31), older: 1 + random.below(2 ** 30), younger: 1 },
    { modseq: 2n ** 63n - 1n, emailId: 'M-1_a', threadId: 'T2' },
    {
      gmail: {
        raw: text(random),
        messageId: '18446744073709551615',
        threadId: '1',
        label: one(random, ['\\Inbox', name(random)]),
      },
    },
    { filter: "a!#$&'+,-.09:;<=>?@AZ[^_`az|}~" },
    { fuzzy: { subject: text(random) } },
    { uid: '$' },
    { uid: set(random) },
    { uid: [], seq: '1:*' },
    { recent: chance(random), new: true, old: false },
    {},
  ];
  const others = chance(random) ? one(random, more) : {};
  return { ...randomQuery(random), ...others };
}

const items = (random: Random, { capabilities }: Server) => {
  const offered = capabilities.length > 0;
  return {
    flags: chance(random),
    envelope: chance(random),
    size: chance(random),
    internalDate: chance(random),
    bodyStructure: chance(random),
    ...(chance(random) ? { headers: one(random, [true, ['From', 'X-Y']] as const) } : {}),
    ...(chance(random)
      ? { parts: some(random, ['1', '2.3.MIME', 'HEADER', 'TEXT', '1.2.HEADER.FIELDS.NOT (a B)', '']) }
      : {}),
    ...(chance(random) ? { binary: some(random, ['1', '2.3', '']) } : {}),
    ...(chance(random)
      ? { source: one(random, [true, { offset: 0, length: 1 }, { offset: 2 ** 32 - 1, length: 2 ** 32 - 1 }] as const) }
      : {}),
    ...(chance(random) ? { markSeen: true } : {}),
    ...(offered && chance(random) ? { annotations: some(random, ENTRIES), gmail: true, modseq: true } : {}),
    ...(offered && chance(random)
      ? { preview: one(random, [true, 'lazy'] as const), saveDate: true, emailId: true, threadId: true }
      : {}),
  };
};

const EVENTS: NotifyEventName[] = ['messageNew', 'messageExpunge', 'flagChange', 'annotationChange'];
const OTHER_EVENTS: NotifyEventName[] = [
  'mailboxName',
  'subscriptionChange',
  'mailboxMetadataChange',
  'serverMetadataChange',
];
const PARTIALS = ['1:100', '-1:-4294967295', '9:3'];

export const COMMANDS: Readonly<Record<string, Make>> = {
  create: (random) => create(name(random), one(random, [undefined, '\\Drafts', ['\\All', '\\Junk']])),
  delete: (random) => deleteMailbox(name(random)),
  rename: (random) => rename(name(random), name(random)),
  subscribe: (random) => subscribe(name(random)),
  unsubscribe: (random) => unsubscribe(name(random)),
  status: (random, _, connection) =>
    status(
      name(random),
      some(random, [
        'messages',
        'recent',
        'unseen',
        'uidNext',
        'uidValidity',
        'highestModseq',
        'size',
        'deleted',
        'deletedStorage',
        'appendLimit',
        'mailboxId',
      ]),
      connection,
    ),
  select: (random, _, connection) => select(new MailboxState(name(random), chance(random)), connection),
  resynchronize: (random, _, connection) =>
    resynchronize(
      new MailboxState(name(random), chance(random)),
      connection,
      { uidValidity: 2 ** 32 - 1, modseq: 2n ** 63n - 1n },
      new Changes(),
    ),
  id: (random) =>
    id(one(random, [undefined, {}, { name: text(random).substring(0, 300), [ATOMS[1] ?? '']: 'x', 'a"\\b': '' }])),
  enable: (random, _, connection) => enable(some(random, ATOMS), connection),
  login: (random) => login(text(random), text(random)),
  compress: () => compress(),
  proxyAuth: (random, _, connection) => proxyAuth(text(random), connection),
  uidBatches: (random) => uidBatches(1 + random.below(2 ** 31)),
  getAcl: (random, _, connection) => getAcl(name(random), connection),
  setAcl: (random) => setAcl(name(random), text(random), one(random, ['', '+lr', '-', 'lrswipkxtea019'])),
  deleteAcl: (random) => deleteAcl(name(random), text(random)),
  listRights: (random, _, connection) => listRights(name(random), text(random), connection),
  myRights: (random, _, connection) => myRights(name(random), connection),
  getQuota: (random) => getQuota(text(random)),
  getQuotaRoot: (random) => getQuotaRoot(name(random)),
  setQuota: (random) => setQuota(text(random), one(random, [{}, { STORAGE: 0, 'x-y': 2 ** 53 - 1 }])),
  getMetadata: (random, _, connection) =>
    getMetadata(
      text(random),
      some(random, ENTRIES),
      { depth: one(random, [0, 1, 'infinity']), ...(chance(random) ? { maxSize: random.below(2 ** 31) } : {}) },
      connection,
    ),
  setMetadata: (random) => setMetadata(text(random), values(random)),
  getAnnotation: (random, _, connection) =>
    getAnnotation(text(random), some(random, ENTRIES), { depth: one(random, [0, 1, 'infinity']) }, connection),
  setAnnotation: (random) => setAnnotation(text(random), values(random)),
  language: (random, _, connection) => language(one(random, [[], ['de', 'i-default', text(random)]]), connection),
  comparator: (random, _, connection) => comparator(one(random, [[], ['i;basic', '*', text(random)]]), connection),
  genUrlAuth: (random) => genUrlAuth(text(random), one(random, ATOMS)),
  resetKey: (random) => (chance(random) ? resetKey(undefined, []) : resetKey(name(random), some(random, ATOMS))),
  urlFetch: (random) => urlFetch(text(random), { decode: chance(random), structure: chance(random) }),
  cancelUpdate: (_random, _, connection) => cancelUpdate('A1', connection),
  notify: (random, _, { capabilities }) =>
    notify(
      [
        {
          scope: one(random, ['selected', 'selected-delayed'] as const),
          events: one(random, [EVENTS, [], EVENTS.slice(0, 2)]),
        },
        {
          scope: one(random, [
            'inboxes',
            'personal',
            'subscribed',
            { mailboxes: some(random, TEXTS).map((one) => one || 'x') },
            { subtree: name(random) },
          ] as const),
          events: one(random, [[], OTHER_EVENTS, [...EVENTS, ...OTHER_EVENTS]]),
        },
        ...(chance(random) ? [] : [{ scope: 'inboxes' as const, events: EVENTS }]),
      ],
      chance(random),
      capabilities,
    ),
  notifyFetch: (random, server, { capabilities }) =>
    notify([{ scope: 'selected', events: EVENTS, fetch: items(random, server) }], false, capabilities),
  list: (random, _, connection) =>
    list(
      {
        reference: text(random),
        pattern: one(random, ['*', '%', text(random), ['a', text(random)]]),
        ...(chance(random) ? { select: ['SUBSCRIBED', 'RECURSIVEMATCH', 'REMOTE', 'SPECIAL-USE'] } : {}),
        ...(chance(random) ? { return: ['CHILDREN', 'SUBSCRIBED', 'SPECIAL-USE'] } : {}),
        ...(chance(random) ? { status: ['messages', 'size'] } : {}),
        myRights: chance(random),
        ...(chance(random) ? { metadata: some(random, ENTRIES) } : {}),
      },
      connection,
      'LIST',
    ),
  lsub: (random, _, connection) =>
    list(
      { reference: text(random), pattern: text(random) },
      connection,
      one(random, ['LSUB', 'XLIST', 'RLIST', 'RLSUB']),
    ),
  append: (random, server, { capabilities }) => append(name(random), message(random, server), capabilities),
  appendAll: (random, server, { capabilities }) =>
    appendAll(
      name(random),
      Array.from({ length: 2 }, () => message(random, server)),
      capabilities,
    ),
  replace: (random, server, { capabilities }) =>
    replace(1 + random.below(99), message(random, server), name(random), capabilities),
  copy: (random) => copy(set(random), name(random)),
  move: (random) => move(set(random), name(random)),
  expunge: (random) => expunge(one(random, [undefined, '1:*', '$', 5])),
  fetch: (random, server, { capabilities }) =>
    fetch(inbox, set(random), fetchRequest(items(random, server), capabilities), () => {}, {
      ...(chance(random) ? { changedSince: 2n ** 63n - 1n, vanished: chance(random) } : {}),
      ...(chance(random) ? { partial: one(random, PARTIALS) } : {}),
    }),
  store: (random) =>
    store(set(random), one(random, ['+', '-', '']), one(random, [[], some(random, FLAGS)]), {
      silent: chance(random),
      ...(chance(random) ? { unchangedSince: one(random, [0n, 2n ** 63n - 1n]) } : {}),
    }),
  storeLabels: (random) =>
    store(set(random), one(random, ['+', '-', '']), ['\\Inbox', name(random)], {
      gmailLabels: true,
      silent: chance(random),
    }),
  storeAnnotation: (random) => storeAnnotation(set(random), values(random)),
  search: (random, _, connection) => search(query(random), connection),
  searchReturn: (random, _, connection) => {
    const relevancy = chance(random);
    return searchReturn(
      // RELEVANCY only with FUZZY (RFC 6203 §4)
      { ...query(random), ...(relevancy ? { fuzzy: { subject: text(random) } } : {}) },
      {
        min: chance(random),
        max: chance(random),
        count: chance(random),
        all: chance(random),
        save: chance(random),
        relevancy,
        ...(chance(random) ? { partial: one(random, PARTIALS) } : {}),
      },
      connection,
    );
  },
  searchUpdates: (random, _, connection) =>
    searchUpdates(one(random, [undefined, ['date']]), query(random), connection, () => {}),
  sort: (random, _, connection) => {
    const asked = query(random);
    return sort(
      [
        'arrival',
        { by: 'displayFrom', reverse: true },
        'subject',
        'size',
        ...(asked.fuzzy ? ['relevancy' as const] : []),
      ],
      asked,
      connection,
      chance(random) ? {} : { partial: one(random, PARTIALS) },
    );
  },
  thread: (random, _, connection) =>
    thread(one(random, ['ORDEREDSUBJECT', 'REFERENCES', 'REFS']), query(random), connection),
  esearch: (random, _, connection) =>
    esearch(
      query(random),
      {
        mailboxes: some(random, TEXTS).map((one) => one || 'x'),
        ...(chance(random) ? { subtree: name(random), subscribed: true, personal: true } : {}),
      },
      connection,
    ),
};

const grammars = new Map(
  Object.values(SERVERS).map((server) => [
    server,
    new Grammar(commands, {
      ...builtins,
      ...sent,
      'utf8-char': utf8Char(server.utf8),
      charset: charset(!server.capabilities.includes('UTF8=ACCEPT')),
    }),
  ]),
);

export interface Written {
  wire: string;
  /** Why it is none by the grammar. */
  wrong?: string;
}

/** What a command writes to a server, and what is wrong with that. Throws the UsageError of one that can't be written. */
export function writtenTo(server: Server, make: Make, random: Random): Written {
  const connection = new ConnectionState();
  connection.setCapabilities(['IMAP4REV1', ...server.capabilities]);
  if (server.utf8) connection.enable(['UTF8=ACCEPT']);
  const plus = server.capabilities.includes('LITERAL+');
  const minus = server.capabilities.includes('LITERAL-') || server.capabilities.includes('IMAP4REV2');
  const options: WriterOptions = { nonSynchronizing: plus ? 'any' : minus ? 'small' : 'none', utf8: server.utf8 };
  const command = make(random, server, connection);
  const writer = new Writer(options);
  writer.raw(command.name);
  command.write?.(writer);
  const parts = writer.end();
  let wire = '';
  let waits = false;
  let wrong: string | undefined;
  for (const part of parts) {
    if (part === CONTINUATION) {
      if (!/\{\d+\}\r\n$/.test(wire)) wrong = 'waits where no literal begins';
      waits = true;
      continue;
    }
    if (!(typeof part === 'string' || part instanceof Uint8Array)) throw new Error('A stream');
    const header = /\{(\d+)(\+?)\}\r\n$/.exec(wire);
    if (header !== null && part instanceof Uint8Array) {
      const size = Number(header[1]);
      if (size !== part.length) wrong = 'a literal of another size';
      if ((header[2] === '') !== waits) wrong = 'a literal that waits, or does not, against its header';
      if (header[2] === '+' && !(plus || (minus && size <= 4096)))
        wrong = 'a literal that does not wait where it has to';
    }
    waits = false;
    wire += typeof part === 'string' ? part : Buffer.from(part).toString('latin1');
  }
  if (wrong === undefined && !grammars.get(server)?.matches('command', wire)) wrong = 'no command by the grammar';
  return { wire, ...(wrong === undefined ? {} : { wrong }) };
}

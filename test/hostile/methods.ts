/** Arguments for every method of a client and of a mailbox. */

const MESSAGE = { content: 'a: b\r\n\r\n', flags: ['\\Seen', 'b'], internalDate: new Date(0) };
const OPTIONS = { timeout: 5000, progress: () => {} };
const QUERY = {
  seen: true,
  from: 'x',
  keyword: ['k'],
  since: '2020-01-02',
  larger: 5,
  uid: '1:5',
  header: { subject: 'y' },
};

function streamed(...pieces: string[]) {
  return {
    size: pieces.join('').length,
    stream: {
      async *[Symbol.asyncIterator]() {
        for (const piece of pieces) yield Buffer.from(piece);
      },
    },
  };
}

/** Arguments that each method is called with, by its name: each place in them is tried with all that is hostile. */
export const EXAMPLES: Readonly<Record<string, readonly unknown[][]>> = {
  'client.open': [['x', { readOnly: true, ...OPTIONS }]],
  'client.list': [
    [{ pattern: 'x', reference: 'y', status: ['messages'], subscribed: true, ...OPTIONS }],
    [{ pattern: ['x', 'y%'], specialUse: true, recursiveMatch: true, myRights: true, remote: true }],
  ],
  'client.status': [['x', ['messages', 'unseen'], OPTIONS]],
  'client.create': [['x', { use: '\\Sent', ...OPTIONS }]],
  'client.delete': [['x', OPTIONS]],
  'client.rename': [['x', 'y', OPTIONS]],
  'client.subscribe': [['x', OPTIONS]],
  'client.unsubscribe': [['x', OPTIONS]],
  'client.namespaces': [[OPTIONS]],
  'client.append': [
    ['x', MESSAGE, OPTIONS],
    ['x', [MESSAGE, { content: Buffer.from('c: d\r\n\r\n') }], OPTIONS],
    ['x', { content: streamed('a: ', 'b\r\n\r\n') }],
  ],
  'client.searchMailboxes': [
    [QUERY, { mailboxes: ['x', 'y'], subtree: 'z', subscribed: true, personal: true }, OPTIONS],
    [{ text: 'x' }, { subtree: 'x' }],
  ],
  'client.noop': [[OPTIONS]],
  'client.id': [[{ name: 'x', version: 'y' }, OPTIONS]],
  'client.enable': [[['CONDSTORE', 'X'], OPTIONS]],
  'client.command': [
    [
      'X-NAME',
      ['x', 5, new Date(0), Buffer.from('b'), { atom: 'x' }, { mailbox: 'x' }, { set: '1:2' }, ['x', ['y']]],
      OPTIONS,
    ],
    ['X NAME', [{ set: { seq: '1:2' } }, { set: [1, 2] }], { untagged: ['X'] }],
  ],
  'client.language': [[['de', 'en'], OPTIONS], ['de']],
  'client.comparator': [[['x', 'y'], OPTIONS], ['x']],
  'client.jmapAccess': [[OPTIONS]],
  'client.notify': [
    [
      [
        { scope: 'selected', events: ['messageNew', 'messageExpunge'], fetch: { headers: ['subject'] } },
        { scope: { mailboxes: ['x'] }, events: ['messageNew', 'messageExpunge'] },
      ],
      { status: true },
    ],
  ],
  'client.logout': [[]],
  'client.close': [[]],
  'client.authenticate': [[{ user: 'x', pass: 'y', authzid: 'z', mechanism: 'PLAIN' }, OPTIONS]],
  'client.unauthenticate': [[OPTIONS]],
  'client.proxyAuth': [['x', OPTIONS]],
  'client.on': [['close', () => {}]],
  'client.quota.get': [['x', OPTIONS]],
  'client.quota.root': [['x', OPTIONS]],
  'client.quota.set': [['x', { STORAGE: 5, MESSAGE: 7 }, OPTIONS]],
  'client.acl.get': [['x', OPTIONS]],
  'client.acl.set': [['x', 'y', '+lr', OPTIONS]],
  'client.acl.delete': [['x', 'y', OPTIONS]],
  'client.acl.listRights': [['x', 'y', OPTIONS]],
  'client.acl.myRights': [['x', OPTIONS]],
  'client.urlAuth.generate': [
    ['imap://x@example.org/y;UIDVALIDITY=1/;UID=2;URLAUTH=anonymous', { mechanism: 'INTERNAL', ...OPTIONS }],
  ],
  'client.urlAuth.fetch': [['imap://x@example.org/y/;UID=2;URLAUTH=anonymous:INTERNAL:00', OPTIONS]],
  'client.urlAuth.resetKey': [['x', { mechanisms: ['INTERNAL'], ...OPTIONS }]],
  'client.metadata.get': [
    ['x', ['/private/comment', '/shared/comment'], { depth: 1, maxSize: 5, ...OPTIONS }],
    ['', '/shared/comment', { depth: 'infinity' }],
  ],
  'client.metadata.set': [
    ['x', { '/private/comment': 'x', '/shared/comment': Buffer.from('y'), '/shared/x': null }, OPTIONS],
  ],
  'mailbox.search': [
    [QUERY, OPTIONS],
    [{ not: { or: [{ to: 'x' }, { and: [{ cc: 'x' }, { sentOn: new Date(0) }] }] }, seq: '1:2' }],
    [
      {
        modseq: 5n,
        emailId: 'x',
        threadId: 'y',
        gmail: 'x',
        filter: 'f',
        fuzzy: { body: 'x' },
        older: 5,
        savedSince: '2020-01-02',
      },
    ],
  ],
  'mailbox.searchReturn': [[QUERY, { min: true, count: true, partial: '1:5', all: true, save: false }, OPTIONS]],
  'mailbox.searchUpdates': [[QUERY, { sort: ['date'] }]],
  'mailbox.sort': [[[{ by: 'subject', reverse: true }, 'arrival'], QUERY, { partial: '1:5', ...OPTIONS }]],
  'mailbox.thread': [['REFERENCES', QUERY, OPTIONS]],
  'mailbox.fetch': [
    [
      '1:5',
      { flags: true, headers: ['subject', 'to'], parts: ['1.MIME'], source: { offset: 0, length: 5 } },
      { changedSince: 5n, ...OPTIONS },
    ],
    ['1:5', { flags: true }, { batch: 2, partial: '1:5', vanished: false }],
  ],
  'mailbox.fetchAll': [
    [
      { seq: '1:5' },
      { flags: true, envelope: true, gmail: true, preview: true, headers: true },
      { partial: '1:5', ...OPTIONS },
    ],
    [[1, 2, 3], { binary: ['1.2'], markSeen: true, bodyStructure: true }],
  ],
  'mailbox.fetchOne': [
    [1, { source: true }, OPTIONS],
    [{ seq: 1 }, { size: true }],
  ],
  'mailbox.download': [[1, '1.2', { decode: false, ...OPTIONS }]],
  'mailbox.content': [[1, { maxBytes: 5, ...OPTIONS }]],
  'mailbox.addFlags': [
    ['1:2', ['\\Seen', 'x'], { unchangedSince: 5n, silent: true, ...OPTIONS }],
    [1, ['x', '\\Inbox'], { gmailLabels: true }],
  ],
  'mailbox.removeFlags': [[{ seq: [1] }, ['x'], { silent: false, ...OPTIONS }]],
  'mailbox.setFlags': [[[1, 2], ['x'], OPTIONS]],
  'mailbox.uidBatches': [[5, OPTIONS]],
  'mailbox.annotate': [['1:2', { '/private/comment': 'x', '/shared/altsubject': null }, OPTIONS]],
  'mailbox.copy': [['1:2', 'x', OPTIONS]],
  'mailbox.move': [['1:2', 'x', OPTIONS]],
  'mailbox.expunge': [['1:2', OPTIONS]],
  'mailbox.deleteMessages': [[{ seq: '1' }, OPTIONS]],
  'mailbox.replace': [[1, MESSAGE, { target: 'x', ...OPTIONS }]],
  'mailbox.watch': [[{ fetch: { flags: true, headers: ['subject'] }, pollInterval: 50 }]],
  'mailbox.sync': [
    [{ uidValidity: 1, uidNext: 6, highestModseq: '5', uids: '1:5', flags: { '\\Seen': '1:2' } }, OPTIONS],
  ],
  'mailbox.on': [['exists', () => {}]],
  'mailbox.check': [[OPTIONS]],
  'mailbox.close': [[OPTIONS]],
  'mailbox.unselect': [[OPTIONS]],
};

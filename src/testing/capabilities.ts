/** Where in a session's life a capability is announced. Its commands and options work by `Session.offers` alone. */
type When = 'always' | 'before login' | 'after login' | 'before TLS' | 'plaintext refused';

/**
 * Everything this server knows. A command names the capability that it needs; grammar that comes with one asks
 * `session.offers(name)`. What is not announced does not work.
 */
export const CAPABILITIES: Readonly<Record<string, When>> = {
  IMAP4REV1: 'always',
  IMAP4REV2: 'always',
  STARTTLS: 'before TLS',
  LOGINDISABLED: 'plaintext refused',
  'AUTH=PLAIN': 'before login',
  'AUTH=LOGIN': 'before login',
  'AUTH=CRAM-MD5': 'before login',
  'AUTH=XOAUTH2': 'before login',
  'AUTH=OAUTHBEARER': 'before login',
  'AUTH=SCRAM-SHA-256': 'before login',
  'SASL-IR': 'always',
  'LITERAL+': 'always',
  ID: 'always',
  ENABLE: 'always',
  IDLE: 'always',
  NOTIFY: 'after login',
  LANGUAGE: 'always',
  'I18NLEVEL=1': 'after login',
  'I18NLEVEL=2': 'after login',
  NAMESPACE: 'after login',
  UNSELECT: 'after login',
  CHILDREN: 'after login',
  UIDPLUS: 'after login',
  MOVE: 'after login',
  ESEARCH: 'after login',
  PARTIAL: 'after login',
  CONDSTORE: 'after login',
  QRESYNC: 'after login',
  'SPECIAL-USE': 'after login',
  'CREATE-SPECIAL-USE': 'after login',
  'LIST-EXTENDED': 'after login',
  'LIST-STATUS': 'after login',
  'STATUS=SIZE': 'after login',
  'STATUS=DELETED': 'after login',
  OBJECTID: 'after login',
  SAVEDATE: 'after login',
  PREVIEW: 'after login',
  WITHIN: 'after login',
  APPENDLIMIT: 'after login',
  MULTIAPPEND: 'after login',
  BINARY: 'after login',
  SEARCHRES: 'after login',
  REPLACE: 'after login',
  UNAUTHENTICATE: 'after login',
  SORT: 'after login',
  'SORT=DISPLAY': 'after login',
  ESORT: 'after login',
  'CONTEXT=SEARCH': 'after login',
  'CONTEXT=SORT': 'after login',
  'THREAD=ORDEREDSUBJECT': 'after login',
  'THREAD=REFERENCES': 'after login',
  'THREAD=REFS': 'after login',
  ACL: 'after login',
  'RIGHTS=KXTE': 'after login',
  'LIST-MYRIGHTS': 'after login',
  QUOTA: 'after login',
  'QUOTA=RES-STORAGE': 'after login',
  'QUOTA=RES-MESSAGE': 'after login',
  'QUOTA=RES-MAILBOX': 'after login',
  QUOTASET: 'after login',
  METADATA: 'after login',
  'METADATA-SERVER': 'after login',
  'LIST-METADATA': 'after login',
  FILTERS: 'after login',
  'SEARCH=FUZZY': 'after login',
  MULTISEARCH: 'after login',
  'X-GM-EXT-1': 'after login',
  INPROGRESS: 'always',
  'COMPRESS=DEFLATE': 'after login',
  'UTF8=ACCEPT': 'after login',
  UIDONLY: 'after login',
  UIDBATCHES: 'after login',
  JMAPACCESS: 'after login',
};

/**
 * Known, but only announced where asked for: LITERAL- says less than LITERAL+ (RFC 7888 §5), METADATA-SERVER less than
 * METADATA and I18NLEVEL=1 less than I18NLEVEL=2, IMAP4rev2 implies more than a client should take for granted everywhere,
 * QUOTASET is for administrators, JMAPACCESS comes with the URL that it tells (`jmap`), COMPRESS=DEFLATE hides from whoever
 * looks at the wire what is said there, AUTH=SCRAM-SHA-256 takes two more round trips and some milliseconds, X-GM-EXT-1 is
 * Gmail's alone, and INPROGRESS is here told of more often than by any other server.
 */
const NOT_BY_DEFAULT = new Set([
  'LITERAL-',
  'IMAP4REV2',
  'QUOTASET',
  'COMPRESS=DEFLATE',
  'AUTH=SCRAM-SHA-256',
  'X-GM-EXT-1',
  'INPROGRESS',
  'JMAPACCESS',
  'METADATA-SERVER',
  'I18NLEVEL=1',
]);

/** In their usual spelling. */
const SPELLING: Readonly<Record<string, string>> = {
  IMAP4REV1: 'IMAP4rev1',
  IMAP4REV2: 'IMAP4rev2',
  'RIGHTS=KXTE': 'RIGHTS=kxte',
};

/** What a server offers that is not told otherwise: `capabilities: [...DEFAULT_CAPABILITIES, 'X-GM-EXT-1']` adds one. */
export const DEFAULT_CAPABILITIES: readonly string[] = Object.keys(CAPABILITIES).filter(
  (name) => !NOT_BY_DEFAULT.has(name),
);

/** Folded into IMAP4rev2, which need not announce them (RFC 9051 Appendix E). */
const IN_REV2 = [
  'NAMESPACE',
  'UNSELECT',
  'UIDPLUS',
  'ESEARCH',
  'SEARCHRES',
  'ENABLE',
  'IDLE',
  'SASL-IR',
  'LIST-EXTENDED',
  'LIST-STATUS',
  'CHILDREN',
  'SPECIAL-USE',
  'MOVE',
  'LITERAL-',
  'BINARY',
  'STATUS=SIZE',
  'STATUS=DELETED',
];

/** What works: what is announced, and what goes without saying. Only IMAP4rev2 alone leaves out what is IMAP4rev1's. */
export function honoured(announced: ReadonlySet<string>): string[] {
  return [...announced, ...(announced.has('IMAP4REV2') ? IN_REV2 : ['IMAP4REV1'])];
}

/** Where a session stands, as far as its capabilities depend on it. */
export interface Standing {
  authenticated: boolean;
  secure: boolean;
  tlsPossible: boolean;
  plaintextRefused: boolean;
  /** Bytes that a message may have. */
  appendLimit: number;
}

/** The capabilities to announce. A name that this server does not know is announced as it stands. */
export function announced(offered: Iterable<string>, standing: Standing): string[] {
  const spelling: Readonly<Record<string, string>> = {
    ...SPELLING,
    APPENDLIMIT: `APPENDLIMIT=${standing.appendLimit}`,
  };
  return [...offered].filter((name) => isAnnounced(name, standing)).map((name) => spelling[name] ?? name);
}

export function isAnnounced(name: string, standing: Standing): boolean {
  const startTls = standing.tlsPossible && !standing.secure && !standing.authenticated;
  switch (CAPABILITIES[name] ?? (name.startsWith('AUTH=') ? 'before login' : 'always')) {
    case 'before login':
      return !standing.authenticated && !(standing.plaintextRefused && !standing.secure);
    case 'after login':
      return standing.authenticated;
    case 'before TLS':
      return startTls;
    case 'plaintext refused':
      return standing.plaintextRefused && !standing.secure && !standing.authenticated;
    default:
      return true;
  }
}

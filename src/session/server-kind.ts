import type { Capabilities } from '../syntax/capability.ts';

/** Servers that need something of a client that others don't. */
export type ServerKind =
  | 'Courier'
  | 'Cyrus'
  | 'Domino'
  | 'Dovecot'
  | 'Exchange'
  | 'Exchange 2003'
  | 'Exchange 2007'
  | 'Gmail'
  | 'hMailServer'
  | 'iCloud'
  | 'Mailutils'
  | 'Proton Bridge'
  | 'QQ'
  | 'SmarterMail'
  | 'UW'
  | 'Yahoo'
  | 'Yandex'
  | 'Zimbra'
  | 'Zoho';

/** What each greets with, as far as it always does. */
const GREETINGS: readonly [ServerKind, RegExp][] = [
  ['Courier', /^Courier-IMAP ready\./],
  ['Cyrus', / Cyrus IMAP /],
  ['Domino', /^Domino IMAP4 Server/],
  // Debian's: `Dovecot (Debian) ready.`
  ['Dovecot', /^Dovecot (?:\([^)]*\) )?ready\./],
  ['Exchange 2003', /^Microsoft Exchange Server 2003 IMAP4rev1/],
  ['Exchange 2007', /^Microsoft Exchange Server 2007 IMAP4 service is ready/],
  ['Exchange', /^(?:The )?Microsoft Exchange IMAP4 service (?:is )?ready\./],
  ['Gmail', /^Gimap ready/],
  ['Mailutils', /^IMAP4rev1$/],
  ['QQ', /QQMail /],
  ['hMailServer', /^IMAPrev1/],
  ['UW', / IMAP4rev1 200\d[a-z]?\.| Panda IMAP /],
  ['SmarterMail', /SmarterMail/],
  ['Yandex', /^Yandex /],
  ['Zimbra', /Zimbra IMAP4rev1| Zimbra /],
  ['Zoho', /^Zoho Mail /],
];

/** Extensions of their own. */
const EXTENSIONS: readonly [ServerKind, string][] = [
  ['Gmail', 'X-GM-EXT-1'],
  ['Proton Bridge', 'XSTOP'],
  ['UW', 'SCAN'],
  ['Yahoo', 'XYMHIGHESTMODSEQ'],
  // Behind all greetings: QQ and Coremail have it too.
  ['iCloud', 'XAPPLEPUSHSERVICE'],
];

/** Which server this is, by the text of its greeting, which counts first; undefined for all others. */
export function kindByGreeting(greeting: string): ServerKind | undefined {
  return GREETINGS.find(([, pattern]) => pattern.test(greeting))?.[0];
}

/** Which server this is, by the name that it answers ID with (RFC 2971): what it greets with, a site can choose. */
export function kindByName(name: string | undefined): ServerKind | undefined {
  return name === 'Dovecot' ? name : undefined;
}

/** Which server this is, by an extension that only it has. */
export function kindByExtension(capabilities: Capabilities): ServerKind | undefined {
  // Cyrus has SCAN too, and ID.
  const fits = (kind: ServerKind) => kind !== 'UW' || !capabilities.has('ID');
  return EXTENSIONS.find(([kind, extension]) => capabilities.has(extension) && fits(kind))?.[0];
}

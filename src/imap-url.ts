import { naming, requireKeys, shown, UsageError } from './errors.ts';
import { LARGEST_UINT32 } from './wire/limits.ts';
import { requireText } from './wire/text.ts';

/** What an IMAP URL names (RFC 5092 §6.1): a mailbox, a message in it, a part of that. */
export interface ImapUrlParts {
  /** 'imap://user@host' with a port perhaps. Absent: the URL is relative to the server it is given to, as CATENATE wants it. */
  server?: string | undefined;
  mailbox: string;
  uidValidity?: number | undefined;
  uid?: number | undefined;
  /** e.g. '2', '1.MIME', 'HEADER'. */
  section?: string | undefined;
  /** Some of its bytes. */
  partial?: { offset: number; length?: number | undefined } | undefined;
  /** Until when URLAUTH (RFC 4467) lets anybody in. */
  expire?: Date | undefined;
  /** Whom URLAUTH lets in: 'anonymous', 'authuser', 'user+joe', 'submit+joe'. */
  access?: string | undefined;
}

const PARTS = ['server', 'mailbox', 'uidValidity', 'uid', 'section', 'partial', 'expire', 'access'];

/**
 * An IMAP URL, for CATENATE (`append`) and URLAUTH (`client.urlAuth`).
 *
 *     imapmessagepart = enc-mailbox [uidvalidity] iuid [isection] [ipartial]      (RFC 5092 §11)
 */
export function imapUrl(parts: ImapUrlParts): string {
  return naming('imapUrl', () => joined(parts));
}

function joined(parts: ImapUrlParts): string {
  if (typeof parts !== 'object' || parts === null)
    throw new UsageError('the parts are an object, e.g. { mailbox, uid }');
  requireKeys(parts, PARTS, 'a part of a URL');
  const { server = '', mailbox, uidValidity, uid, section, partial, expire, access } = parts;
  if (typeof server !== 'string' || (server !== '' && !/^imaps?:\/\/[!-.0-~]+$/i.test(server)))
    throw new UsageError("Not the URL of a server, such as 'imap://user@host'"); // which stays out: it can hold a password
  if (typeof mailbox !== 'string' || mailbox === '')
    throw new UsageError(`An IMAP URL needs a mailbox, not ${shown(mailbox)}`);
  if (expire !== undefined && !(expire instanceof Date && !Number.isNaN(expire.getTime())))
    throw new UsageError(`expire is no valid Date: ${shown(expire)}`);
  if (access !== undefined && (typeof access !== 'string' || !/^[a-z+][!-:<-~]*$/i.test(access)))
    throw new UsageError(`access is not whom URLAUTH lets in: ${shown(access)}`);
  return [
    `${server}/${encoded(mailbox)}`,
    uidValidity === undefined ? '' : `;UIDVALIDITY=${number(uidValidity, 1)}`,
    uid === undefined ? '' : `/;UID=${number(uid, 1)}`,
    section === undefined ? '' : `/;SECTION=${encoded(section)}`,
    partial === undefined ? '' : `/;PARTIAL=${number(partial.offset, 0)}`,
    partial?.length === undefined ? '' : `.${number(partial.length, 1)}`,
    expire === undefined ? '' : `;EXPIRE=${expire.toISOString().replace(/\.\d+Z$/, 'Z')}`,
    access === undefined ? '' : `;URLAUTH=${access}`,
  ].join('');
}

/** enc-mailbox, enc-section = 1*bchar: UTF-8, percent-encoded but for what needs no quoting (RFC 5092 §11) */
function encoded(text: string): string {
  return encodeURIComponent(requireText(text)).replaceAll('%2F', '/');
}

function number(value: number, least: number): number {
  if (Number.isInteger(value) && value >= least && value <= LARGEST_UINT32) return value;
  throw new UsageError(`Not a number of an IMAP URL: ${shown(value)}`);
}

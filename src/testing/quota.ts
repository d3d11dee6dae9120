import { string } from './format.ts';
import { no } from './refusal.ts';
import type { Session } from './session.ts';
import type { Account } from './store.ts';

/** Limits by resource (RFC 9208 §5); what is not named has none. */
export interface QuotaLimits {
  /** All messages together, in units of 1024 octets. */
  STORAGE?: number | undefined;
  /** How many messages. */
  MESSAGE?: number | undefined;
  /** How many mailboxes. */
  MAILBOX?: number | undefined;
}

/** The one quota root of an account. */
export const ROOT = 'User quota';
export const DEFAULT_LIMITS: Readonly<QuotaLimits> = { STORAGE: 10 * 1024 * 1024 };

/** A RangeError where one is not a number of RFC 9208. */
export function checkLimits(limits: QuotaLimits): void {
  for (const [name, limit] of Object.entries(limits))
    if (resourceName(name) === undefined || (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)))
      throw new RangeError(`Not a quota: ${name} ${limit}`);
}

interface Usage {
  bytes: number;
  messages: number;
  mailboxes: number;
}

/** What counts, in the unit of its limit: a new resource is a new row. */
const RESOURCES: Readonly<Record<keyof QuotaLimits, (usage: Usage) => number>> = {
  STORAGE: ({ bytes }) => Math.ceil(bytes / 1024),
  MESSAGE: ({ messages }) => messages,
  MAILBOX: ({ mailboxes }) => mailboxes,
};
const NAMES = Object.keys(RESOURCES) as (keyof QuotaLimits)[]; // its keys are these

export function resourceName(word: string): keyof QuotaLimits | undefined {
  return NAMES.find((name) => name === word);
}

function usage({ mailboxes }: Account): Usage {
  const used: Usage = { bytes: 0, messages: 0, mailboxes: 0 };
  for (const mailbox of mailboxes) {
    used.bytes += mailbox.size;
    used.messages += mailbox.messages.length;
    used.mailboxes++;
  }
  return used;
}

/** quota-response = "QUOTA" SP quota-root-name SP quota-list (RFC 9208 §7) */
export function writeQuota(session: Session): void {
  const used = usage(session.mail);
  const list = NAMES.flatMap((name) => {
    const limit = session.mail.quota[name];
    return limit === undefined ? [] : [`${name} ${RESOURCES[name](used)} ${limit}`];
  });
  session.untagged(`QUOTA ${string(ROOT)} (${list.join(' ')})`);
}

/** Throws OVERQUOTA (RFC 9208 §4.3) where there is no room for more; what is over its limit already may stay. */
export function requireRoom(session: Session, more: Partial<Usage>): void {
  if (!session.offers('QUOTA')) return;
  const used = usage(session.mail);
  for (const kind of ['bytes', 'messages', 'mailboxes'] as const) used[kind] += more[kind] ?? 0;
  for (const name of NAMES) {
    const limit = session.mail.quota[name];
    const grows = name === 'MAILBOX' ? more.mailboxes : more.messages;
    if (limit !== undefined && grows && RESOURCES[name](used) > limit) throw no('Quota exceeded', 'OVERQUOTA');
  }
}

import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import { mailboxName } from '../dialect.ts';
import { string } from '../format.ts';
import { type QuotaLimits, ROOT, resourceName, writeQuota } from '../quota.ts';
import { no } from '../refusal.ts';

/** GETQUOTA (RFC 9208 §4.1.1) */
export const getQuota: ServerCommand = {
  name: 'GETQUOTA',
  state: 'authenticated',
  capability: 'QUOTA',
  run(session, args) {
    parseRoot(args);
    args.end();
    writeQuota(session);
    return { text: 'GETQUOTA completed' };
  },
};

/** GETQUOTAROOT (RFC 9208 §4.1.2) */
export const getQuotaRoot: ServerCommand = {
  name: 'GETQUOTAROOT',
  state: 'authenticated',
  capability: 'QUOTA',
  run(session, args) {
    args.space();
    const name = args.givenMailbox();
    session.mailbox(name, 'NONEXISTENT', 'r');
    args.end();
    session.untagged(`QUOTAROOT ${mailboxName(session, name)} ${string(ROOT)}`);
    writeQuota(session);
    return { text: 'GETQUOTAROOT completed' };
  },
};

/** SETQUOTA (RFC 9208 §4.1.3): for administrators, whom only QUOTASET lets in. */
export const setQuota: ServerCommand = {
  name: 'SETQUOTA',
  state: 'authenticated',
  capability: 'QUOTA',
  run(session, args) {
    parseRoot(args);
    args.space();
    const limits: QuotaLimits = {};
    args.list(() => {
      const word = args.word();
      const name = resourceName(word);
      if (!name) throw no(`No resource ${word}`, 'CANNOT');
      args.space();
      // As exact as a number is.
      limits[name] = Math.min(Number(args.bigNumber()), Number.MAX_SAFE_INTEGER);
    });
    args.end();
    if (!session.offers('QUOTASET')) throw no('Quotas are set by administrators', 'NOPERM');
    session.mail.quota = limits;
    writeQuota(session);
    return { text: 'SETQUOTA completed' };
  },
};

/** SP quota-root-name */
function parseRoot(args: Arguments): void {
  args.space();
  const root = args.astring();
  if (root !== ROOT) throw no('No such quota root');
}

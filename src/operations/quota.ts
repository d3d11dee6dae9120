import { getQuota } from '../commands/getquota.ts';
import { getQuotaRoot, type QuotaRoots } from '../commands/getquotaroot.ts';
import { setQuota } from '../commands/setquota.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { Quota } from '../syntax/quota.ts';
import { canonicalMailboxName } from '../wire/mailbox-name.ts';
import type { OptionsTaken } from './method-options.ts';
import { Steps } from './steps.ts';
import type { TakeSteps } from './while-user-stays.ts';

/** Quotas (RFC 2087, RFC 9208). Without QUOTA each rejects with a UsageError. */
export interface QuotaCommands {
  /** GETQUOTA: what a quota root uses and may use. */
  get(root: string, options?: OperationOptions): Promise<Quota>;
  /** GETQUOTAROOT: the quota roots that count for a mailbox, and their quotas. */
  root(mailbox: string, options?: OperationOptions): Promise<QuotaRoots>;
  /**
   * SETQUOTA: the root's limits are these and no others, in the units of `Quota`. `{}` lifts all. Resolves to the quota as it
   * is then.
   */
  set(root: string, limits: Record<string, number>, options?: OperationOptions): Promise<Quota>;
}

/** What these methods take for options. */
export const QUOTA_OPTIONS: Readonly<Record<keyof QuotaCommands, OptionsTaken>> = {
  get: { at: 1 },
  root: { at: 1 },
  set: { at: 2 },
};

export function quotaCommands(session: Link, takeSteps: TakeSteps): QuotaCommands {
  return {
    get: async (root, options) => session.run(getQuota(root), options),
    root: async (mailbox, options) => session.run(getQuotaRoot(canonicalMailboxName(mailbox)), options),
    set: (root, limits, options = {}) => takeSteps('SETQUOTA', options, (own) => limit(session, root, limits, own)),
  };
}

async function limit(
  session: Link,
  root: string,
  limits: Record<string, number>,
  options: OperationOptions,
): Promise<Quota> {
  const steps = new Steps();
  const told = await steps.take(session.run(setQuota(root, limits), options));
  return told ?? steps.take(session.run(getQuota(root), options));
}

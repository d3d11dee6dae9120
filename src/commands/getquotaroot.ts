import type { Command } from '../session/command.ts';
import { type Quota, readQuota, readQuotaRoots } from '../syntax/quota.ts';

/** The quota roots of a mailbox, and the quota of each. */
export interface QuotaRoots {
  roots: string[];
  quotas: Quota[];
}

/** GETQUOTAROOT (RFC 2087 §4.3, RFC 9208 §4.1.2) */
export function getQuotaRoot(mailbox: string): Command<QuotaRoots> {
  const result: QuotaRoots = { roots: [], quotas: [] };
  return {
    name: 'GETQUOTAROOT',
    needs: 'QUOTA',
    behaviour: { unmarkedAnswer: true },
    repeat: () => getQuotaRoot(mailbox),
    write: (writer) => writer.space().mailbox(mailbox),
    untagged: {
      QUOTAROOT: (reader) => {
        for (const root of readQuotaRoots(reader)) result.roots.push(root);
        return true;
      },
      QUOTA: (reader) => {
        result.quotas.push(readQuota(reader));
        return true;
      },
    },
    finish: () => result,
  };
}

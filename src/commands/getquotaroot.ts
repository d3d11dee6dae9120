import type { Command } from '../session/command.ts';
import { addQuota, type Quota, readQuota, readQuotaRoots } from '../syntax/quota.ts';
import { unanswered } from './unanswered.ts';

/** The quota roots of a mailbox, and the quota of each. */
export interface QuotaRoots {
  roots: string[];
  quotas: Quota[];
}

/** GETQUOTAROOT (RFC 2087 §4.3, RFC 9208 §4.1.2) */
export function getQuotaRoot(mailbox: string): Command<QuotaRoots> {
  // Each once, however often it is told.
  const roots = new Set<string>();
  const quotas = new Map<string, Quota>();
  let told = false;
  return {
    name: 'GETQUOTAROOT',
    needs: 'QUOTA',
    behaviour: { unmarkedAnswer: true },
    repeat: () => getQuotaRoot(mailbox),
    write: (writer) => writer.space().mailbox(mailbox),
    untagged: {
      QUOTAROOT: (reader) => {
        for (const root of readQuotaRoots(reader)) roots.add(root);
        told = true;
        return true;
      },
      QUOTA: (reader) => {
        const quota = readQuota(reader);
        quotas.set(quota.root, addQuota(quotas.get(quota.root), quota));
        return true;
      },
    },
    finish: () => {
      if (!told && quotas.size === 0) throw unanswered('GETQUOTAROOT', 'QUOTAROOT');
      return { roots: [...roots], quotas: [...quotas.values()] };
    },
  };
}

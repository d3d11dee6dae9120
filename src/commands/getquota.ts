import type { Command } from '../session/command.ts';
import { type Quota, quotaOf, readQuota } from '../syntax/quota.ts';
import { unanswered } from './unanswered.ts';

/** GETQUOTA (RFC 2087 §4.2, RFC 9208 §4.1.1) */
export function getQuota(root: string): Command<Quota> {
  let quota: Quota | undefined;
  return {
    name: 'GETQUOTA',
    needs: 'QUOTA',
    // A QUOTA response names its root in the server's own spelling: it does not tell which command it answers.
    behaviour: { unmarkedAnswer: true },
    repeat: () => getQuota(root),
    write: (writer) => writer.space().string(root),
    untagged: {
      QUOTA: (reader) => {
        quota = quotaOf(root, quota, readQuota(reader));
        return true;
      },
    },
    finish: () => {
      if (quota === undefined) throw unanswered('GETQUOTA', 'QUOTA');
      return quota;
    },
  };
}

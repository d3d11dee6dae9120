import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { isRecord } from '../syntax/argument.ts';
import { type Quota, quotaOf, readQuota } from '../syntax/quota.ts';

/** SETQUOTA (RFC 2087 §4.1, RFC 9208 §4.1.3). Undefined where the server does not tell the quota as it is now. */
export function setQuota(root: string, limits: Readonly<Record<string, number>>): Command<Quota | undefined> {
  let quota: Quota | undefined;
  return {
    name: 'SETQUOTA',
    needs: 'QUOTA',
    behaviour: { unmarkedAnswer: true },
    write: (writer) => {
      // Without entries it would lift every limit.
      if (!isRecord(limits)) throw new UsageError('the limits are an object');
      const resources = Object.entries(limits);
      const names = new Set(resources.map(([name]) => name.toUpperCase()));
      if (names.size < resources.length) throw new UsageError('a resource is named twice');
      writer.space().string(root).space();
      writer.list(resources, ([name, limit]) => writer.atom(name.toUpperCase()).space().number(limit));
    },
    untagged: {
      QUOTA: (reader) => {
        // Those of others tell what this has changed for their mailboxes (RFC 9208 §4.1.3).
        quota = quotaOf(root, quota, readQuota(reader));
        return true;
      },
    },
    finish: () => quota,
  };
}

import type { Account } from '../store.ts';
import { compose } from './compose.ts';
import { MAILBOXES, SAMPLES } from './messages.ts';

/** Fills an account as a person's might look: the same each time, with dates counted back from `now`. */
export function fillWithSampleMail(account: Account, now: Date): void {
  for (const { name, specialUse } of MAILBOXES) {
    account.create(name, specialUse === undefined ? {} : { specialUse });
    account.subscriptions.add(name);
  }
  account.subscriptions.add('INBOX');
  const samples = SAMPLES.toSorted((a, b) => b.hoursAgo - a.hoursAgo);
  for (const sample of samples) {
    const at = now.getTime() - sample.hoursAgo * 3_600_000;
    const internalDate = { at: at + 40_000, zone: 0 };
    account.deliver(sample.mailbox, compose(sample, at), { flags: sample.flags ?? [], internalDate });
  }
}

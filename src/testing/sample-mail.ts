import type { Account } from './store.ts';

export function fillWithSampleMail(account: Account, now: Date): void {
  account.deliver('INBOX', 'Subject: Hello\n\nHello\n', { internalDate: now });
}

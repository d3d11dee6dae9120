/** The account a server runs as: our own, or for root the server's ordinary one (Dovecot refuses to run as root). */
import { readFileSync } from 'node:fs';

export interface Account {
  readonly name: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  /** True when it is not the account this process runs under. */
  readonly switched: boolean;
}

/** The account called `name` when we are root, else our own. */
export function accountFor(name: string): Account {
  const own = process.getuid?.() ?? 0;
  if (own === 0) return namedAccount(name);
  const fields = rows('/etc/passwd').find((row) => row[2] === `${own}`);
  return account(fields ?? [`${own}`, '', `${own}`, `${process.getgid?.() ?? 0}`]);
}

export function namedAccount(name: string): Account {
  const fields = rows('/etc/passwd').find((row) => row[0] === name);
  if (!fields) throw new Error(`there is no account ${name} on this machine`);
  return account(fields);
}

export function accountExists(name: string): boolean {
  return rows('/etc/passwd').some((row) => row[0] === name);
}

/** The options of setpriv(1) that change to `account`; none when it is our own. */
export function switchTo(account: Account): string[] {
  if (!account.switched) return [];
  return ['--reuid', `${account.uid}`, '--regid', `${account.gid}`, '--clear-groups'];
}

function account(fields: string[]): Account {
  const [name = '', , uid, gid = ''] = fields;
  const group = rows('/etc/group').find((row) => row[2] === gid)?.[0] ?? gid;
  return { name, group, uid: Number(uid), gid: Number(gid), switched: Number(uid) !== process.getuid?.() };
}

function rows(path: string): string[][] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
}

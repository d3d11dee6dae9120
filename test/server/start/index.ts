/**
 * Real IMAP servers for the tests: ordinary processes on loopback, on ports that the system gives, each with a directory
 * and certificates of its own that go away with it. test/server/install.sh puts the programs on the machine.
 */
import { existsSync } from 'node:fs';
import { accountExists } from './account.ts';
import { type CourierOptions, type CourierServer, courierMissing, startCourier } from './courier.ts';
import { type CyrusOptions, type CyrusServer, cyrusMissing, startCyrus } from './cyrus.ts';
import { type DovecotServer, dovecotMissing, startDovecot } from './dovecot.ts';
import type { DovecotOptions } from './dovecot-conf.ts';
import { type MailutilsOptions, type MailutilsServer, mailutilsMissing, startMailutils } from './mailutils.ts';
import type { Availability, ServerName } from './real-server.ts';

export type { Availability, KeyPair, Login, RealServer, ServerName } from './real-server.ts';
export type {
  CourierOptions,
  CourierServer,
  CyrusOptions,
  CyrusServer,
  DovecotOptions,
  DovecotServer,
  MailutilsOptions,
  MailutilsServer,
};
export { startCourier, startCyrus, startDovecot, startMailutils };

/** The server and the options that belong to each name. */
export interface Servers {
  dovecot: { server: DovecotServer; options: DovecotOptions };
  cyrus: { server: CyrusServer; options: CyrusOptions };
  courier: { server: CourierServer; options: CourierOptions };
  mailutils: { server: MailutilsServer; options: MailutilsOptions };
}

type Starters = { [Name in ServerName]: (options?: Servers[Name]['options']) => Promise<Servers[Name]['server']> };

const STARTERS: Starters = {
  dovecot: startDovecot,
  cyrus: startCyrus,
  courier: startCourier,
  mailutils: startMailutils,
};

const CHECKS: Record<ServerName, { account: string; missing: () => string | undefined }> = {
  dovecot: { account: 'dovecot', missing: dovecotMissing },
  cyrus: { account: 'cyrus', missing: cyrusMissing },
  courier: { account: 'courier', missing: courierMissing },
  mailutils: { account: 'mail', missing: mailutilsMissing },
};

export const SERVER_NAMES: readonly ServerName[] = ['dovecot', 'cyrus', 'courier', 'mailutils'];

export function start<Name extends ServerName>(
  name: Name,
  options?: Servers[Name]['options'],
): Promise<Servers[Name]['server']> {
  return STARTERS[name](options);
}

/** Whether a server can be started here, and if not, why. */
export function available(name: ServerName): Availability {
  const { account, missing } = CHECKS[name];
  const why = platformLacks(account) ?? missing();
  return why === undefined ? { ok: true } : { ok: false, why };
}

function platformLacks(account: string): string | undefined {
  if (process.platform !== 'linux') return 'the set-up is for Linux';
  for (const path of ['/usr/bin/openssl', '/usr/bin/setpriv', '/usr/bin/unshare']) {
    if (!existsSync(path)) return `there is no ${path}`;
  }
  if (process.getuid?.() === 0 && !accountExists(account)) return `there is no account ${account}`;
  return undefined;
}

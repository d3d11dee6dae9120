import { deleteAcl } from '../commands/deleteacl.ts';
import { getAcl } from '../commands/getacl.ts';
import { listRights, type Rights } from '../commands/listrights.ts';
import { myRights } from '../commands/myrights.ts';
import { setAcl } from '../commands/setacl.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import { canonicalMailboxName } from '../wire/mailbox-name.ts';
import type { OptionsTaken } from './method-options.ts';

/**
 * Access control lists (RFC 4314): a right is a letter, e.g. `l` (seen in LIST), `r` (read), `i` (append), `a` (administer);
 * an identifier names a user or group, `anyone`, and with a leading `-` takes rights away. `c` and `d` beside `k`, `x`, `t` or `e`
 * say nothing more: they are for clients of RFC 2086. Leave them out of what you set, where each stands for several rights at once
 * (§2.1.1). Without ACL each rejects with a UsageError.
 */
export interface AclCommands {
  /** GETACL: rights by identifier. */
  get(mailbox: string, options?: OperationOptions): Promise<Map<string, string>>;
  /** SETACL: exactly these rights, or with a leading `+` or `-` these more or less. */
  set(mailbox: string, identifier: string, rights: string, options?: OperationOptions): Promise<void>;
  /** DELETEACL */
  delete(mailbox: string, identifier: string, options?: OperationOptions): Promise<void>;
  /** LISTRIGHTS: what can be granted to an identifier. */
  listRights(mailbox: string, identifier: string, options?: OperationOptions): Promise<Rights>;
  /** MYRIGHTS: what this user may do. */
  myRights(mailbox: string, options?: OperationOptions): Promise<string>;
}

/** What these methods take for options. */
export const ACL_OPTIONS: Readonly<Record<keyof AclCommands, OptionsTaken>> = {
  get: { at: 1 },
  set: { at: 3 },
  delete: { at: 2 },
  listRights: { at: 2 },
  myRights: { at: 1 },
};

export function aclCommands(session: Link): AclCommands {
  const named = canonicalMailboxName;
  const { state } = session;
  return {
    get: async (mailbox, options) => session.run(getAcl(named(mailbox), state), options),
    set: async (mailbox, identifier, rights, options) =>
      session.run(setAcl(named(mailbox), identifier, rights), options),
    delete: async (mailbox, identifier, options) => session.run(deleteAcl(named(mailbox), identifier), options),
    listRights: async (mailbox, identifier, options) =>
      session.run(listRights(named(mailbox), identifier, state), options),
    myRights: async (mailbox, options) => session.run(myRights(named(mailbox), state), options),
  };
}

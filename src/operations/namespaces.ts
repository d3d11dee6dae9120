import { list } from '../commands/list.ts';
import { type Namespaces, namespace } from '../commands/namespace.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import { beforeLogout } from './before-logout.ts';
import { isBad, unlessLacking } from './refusals.ts';

/** See ImapClient.namespaces. Tolerance: imap.189.cn offers NAMESPACE, and answers BAD to it (mailcore2 #1471). */
export function namespacesOf(session: Link, options: OperationOptions): Promise<Namespaces> {
  const asked = unlessLacking(session.state, ['NAMESPACE'], isBad, () => askNamespaces(session, options));
  return beforeLogout(session, asked);
}

async function askNamespaces(session: Link, options: OperationOptions): Promise<Namespaces> {
  const { state } = session;
  // Exchange 2003 hangs up at NAMESPACE (MailKit #1512).
  if (state.capabilities.has('NAMESPACE') && !state.isCertainly('Exchange 2003'))
    return session.run(namespace(state), options);
  return { personal: [{ prefix: '', delimiter: await delimiterOf(session, options) }], otherUsers: [], shared: [] };
}

/** Tolerance: a server may answer the question for the delimiter by nothing (OfflineIMAP). Its mailboxes have it. */
async function delimiterOf(session: Link, options: OperationOptions): Promise<string | null> {
  for (const pattern of ['', '%']) {
    const [first] = await session.run(list({ pattern }, session.state), options);
    if (first !== undefined) return first.delimiter;
  }
  return null;
}

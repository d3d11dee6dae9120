import { list } from '../commands/list.ts';
import { type Namespaces, namespace } from '../commands/namespace.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';

/** See ImapClient.namespaces. */
export async function namespacesOf(session: Link, options: OperationOptions): Promise<Namespaces> {
  const { state } = session;
  // Exchange 2003 hangs up at NAMESPACE (MailKit #1512).
  if (state.capabilities.has('NAMESPACE') && !state.isCertainly('Exchange 2003'))
    return session.run(namespace(state), options);
  const [root] = await session.run(list({ pattern: '' }, state), options);
  return { personal: [{ prefix: '', delimiter: root?.delimiter ?? null }], otherUsers: [], shared: [] };
}

import { capability } from './commands/capability.ts';
import { id } from './commands/id.ts';
import type { ConnectOptions } from './connect.ts';
import { ConnectionError } from './errors.ts';
import type { Session } from './session/session.ts';

/** Most connections to one server are told the same: theirs share one object, which nobody can change. */
const shared = new Map<string, Readonly<Record<string, string>>>();
const MAX_SHARED = 100;
const LONGEST_SHARED = 1000;

/** What goes along without being waited for: some servers (163, 126) want it before SELECT. */
export function introduce(
  session: Session,
  { clientId, auth }: ConnectOptions,
  introduced: (serverId: Readonly<Record<string, string>>) => void,
): void {
  const { state } = session;
  // iCloud's proxy writes XAPPLEPUSHSERVICE behind the word CAPABILITY, within literals too, until it has answered this (isync).
  if (auth !== undefined && state.server === 'iCloud') session.run(capability()).catch(refused(session, 'CAPABILITY'));
  if (clientId === false || !state.capabilities.has('ID')) return;
  session.run(id(clientId ?? { name: 'imapwire' })).then(
    (serverId) => {
      session.state.serverName = serverId.name;
      introduced(sharedId(serverId));
    },
    refused(session, 'ID'),
  );
}

/** A connection that is lost meanwhile is told of elsewhere. */
function refused(session: Session, name: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof ConnectionError)) session.note(`The server refused ${name}`);
  };
}

/** What ID told, or an equal object. */
function sharedId(told: Record<string, string>): Readonly<Record<string, string>> {
  const key = JSON.stringify(told);
  const known = shared.get(key);
  if (known !== undefined || key.length > LONGEST_SHARED) return known ?? told;
  if (shared.size >= MAX_SHARED) shared.clear();
  shared.set(key, Object.freeze(told));
  return told;
}

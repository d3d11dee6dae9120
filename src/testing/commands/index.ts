import type { ServerCommand } from '../command.ts';
import { deleteAcl, getAcl, listRights, myRights, setAcl } from './acl.ts';
import { append } from './append.ts';
import { authenticate } from './authenticate.ts';
import { cancelUpdate } from './cancelupdate.ts';
import { capability } from './capability.ts';
import { check } from './check.ts';
import { close } from './close.ts';
import { comparator } from './comparator.ts';
import { compress } from './compress.ts';
import { copy } from './copy.ts';
import { create } from './create.ts';
import { deleteMailbox } from './delete.ts';
import { enable } from './enable.ts';
import { esearch } from './esearch.ts';
import { expunge, uidExpunge } from './expunge.ts';
import { fetch } from './fetch.ts';
import { getJmapAccess } from './getjmapaccess.ts';
import { id } from './id.ts';
import { idle } from './idle.ts';
import { language } from './language.ts';
import { list } from './list.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { lsub } from './lsub.ts';
import { getMetadata, setMetadata } from './metadata.ts';
import { move } from './move.ts';
import { namespace } from './namespace.ts';
import { noop } from './noop.ts';
import { notify } from './notify.ts';
import { proxyAuth } from './proxyauth.ts';
import { getQuota, getQuotaRoot, setQuota } from './quota.ts';
import { rename } from './rename.ts';
import { replace } from './replace.ts';
import { search } from './search.ts';
import { examine, select } from './select.ts';
import { sort } from './sort.ts';
import { startTls } from './starttls.ts';
import { status } from './status.ts';
import { store } from './store.ts';
import { subscribe, unsubscribe } from './subscribe.ts';
import { thread } from './thread.ts';
import { uidBatches } from './uidbatches.ts';
import { unauthenticate } from './unauthenticate.ts';
import { unselect } from './unselect.ts';

const COMMANDS = new Map<string, ServerCommand>();

for (const command of [
  deleteAcl,
  getAcl,
  listRights,
  myRights,
  setAcl,
  append,
  authenticate,
  cancelUpdate,
  capability,
  check,
  close,
  comparator,
  compress,
  copy,
  create,
  deleteMailbox,
  enable,
  esearch,
  expunge,
  uidExpunge,
  fetch,
  getJmapAccess,
  id,
  idle,
  language,
  list,
  login,
  logout,
  lsub,
  getMetadata,
  setMetadata,
  move,
  namespace,
  noop,
  notify,
  proxyAuth,
  getQuota,
  getQuotaRoot,
  setQuota,
  rename,
  replace,
  search,
  examine,
  select,
  sort,
  startTls,
  status,
  store,
  subscribe,
  unsubscribe,
  thread,
  uidBatches,
  unauthenticate,
  unselect,
]) {
  COMMANDS.set(command.name, command);
  if (command.withUid) COMMANDS.set(`UID ${command.name}`, command);
}

/** By its name in upper case, with `UID ` before it where that is the command. */
export function findCommand(name: string): ServerCommand | undefined {
  return COMMANDS.get(name);
}

import type { ServerCommand } from '../command.ts';
import { append } from './append.ts';
import { authenticate } from './authenticate.ts';
import { capability } from './capability.ts';
import { check } from './check.ts';
import { close } from './close.ts';
import { enable } from './enable.ts';
import { expunge, uidExpunge } from './expunge.ts';
import { fetch } from './fetch.ts';
import { id } from './id.ts';
import { idle } from './idle.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { namespace } from './namespace.ts';
import { noop } from './noop.ts';
import { search } from './search.ts';
import { examine, select } from './select.ts';
import { startTls } from './starttls.ts';
import { store } from './store.ts';
import { unselect } from './unselect.ts';

const COMMANDS = new Map<string, ServerCommand>();

for (const command of [
  append,
  authenticate,
  capability,
  check,
  close,
  enable,
  examine,
  expunge,
  fetch,
  id,
  idle,
  login,
  logout,
  namespace,
  noop,
  search,
  select,
  startTls,
  store,
  uidExpunge,
  unselect,
]) {
  COMMANDS.set(command.name, command);
  if (command.withUid) COMMANDS.set(`UID ${command.name}`, command);
}

/** By its name in upper case, with `UID ` before it where that is the command. */
export function findCommand(name: string): ServerCommand | undefined {
  return COMMANDS.get(name);
}

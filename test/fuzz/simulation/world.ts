/** What all sessions of a simulation share. */
import type { Random } from '../../unit/wire/random.ts';
import type { Copy } from './copy.ts';
import type { LocalServer } from './local-server.ts';
import { Truth } from './truth.ts';

export interface World {
  readonly truth: Truth;
  readonly random: Random;
  /** Kept by sync(), by user and name. */
  readonly copies: Map<string, Copy>;
  /** Something is not as it should be. */
  tell(what: string): void;
  /** A word that no other message or flag has. */
  unique(prefix: string): string;
}

/** What is wrong is added to a list, and told to the log. */
export function newWorld(
  server: LocalServer,
  users: readonly string[],
  random: Random,
  wrong: string[],
  log?: (text: string) => void,
): World {
  let words = 0;
  return {
    truth: new Truth(server.store, users),
    random,
    copies: new Map(),
    tell: (what) => {
      log?.(`wrong: ${what}`);
      wrong.push(what);
    },
    unique: (prefix) => `${prefix}${++words}`,
  };
}

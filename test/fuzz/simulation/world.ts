/** What all sessions of a simulation share. */
import type { Random } from '../../unit/wire/random.ts';
import type { Copy } from './copy.ts';
import type { Truth } from './truth.ts';

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

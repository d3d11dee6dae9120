import type { Completion } from '../command.ts';
import type { Session } from '../session.ts';
import { cramMd5 } from './cram-md5.ts';
import { login } from './login.ts';
import { oauthbearer } from './oauthbearer.ts';
import { plain } from './plain.ts';
import { scramSha256 } from './scram.ts';
import { xoauth2 } from './xoauth2.ts';

/** Sends a challenge (empty where the client has to begin) and resolves with the client's answer. */
export type Challenge = (content: string) => Promise<Buffer>;

/** One SASL mechanism: asks what it needs and logs the session in, or throws a Refusal. */
export type Mechanism = (session: Session, challenge: Challenge, initial: Buffer | undefined) => Promise<Completion>;

const MECHANISMS = new Map<string, Mechanism>([
  ['PLAIN', plain],
  ['LOGIN', login],
  ['CRAM-MD5', cramMd5],
  ['XOAUTH2', xoauth2],
  ['OAUTHBEARER', oauthbearer],
  ['SCRAM-SHA-256', scramSha256],
]);

export function findMechanism(name: string): Mechanism | undefined {
  return MECHANISMS.get(name);
}

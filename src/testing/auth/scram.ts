import { bad, no } from '../refusal.ts';
import type { Mechanism } from './index.ts';
import { plainName } from './sasl-name.ts';

const ITERATIONS = 4096;

/** client-first-message = gs2-header client-first-message-bare (RFC 5802 §7), without channel binding */
const CLIENT_FIRST = /^([ny],(?:a=([^,]*))?,)(n=([^,]+),r=([!-+\--~]+))$/;
/** client-final-message = channel-binding "," nonce "," proof */
const CLIENT_FINAL = /^(c=([^,]*),r=([^,]*)),p=([^,]*)$/;

/** SCRAM-SHA-256 (RFC 5802, RFC 7677). The salt, which a server would keep, is another one each time. */
export const scramSha256: Mechanism = async (session, challenge, initial) => {
  const first = CLIENT_FIRST.exec((initial ?? (await challenge(''))).toString('utf8'));
  if (!first) throw bad('Bad SCRAM message');
  const [, header = '', authzid = '', bare = '', user = '', clientNonce = ''] = first;
  const nonce = clientNonce + random();
  const salt = random();
  const serverFirst = `r=${nonce},s=${salt},i=${ITERATIONS}`;
  const final = CLIENT_FINAL.exec((await challenge(serverFirst)).toString('utf8'));
  if (!final) throw bad('Bad SCRAM message');
  const [, withoutProof = '', binding = '', answered = '', proof = ''] = final;
  const name = plainName(user);
  const password = session.context.users.get(name);
  const keys = await keysOf(password ?? random(), salt, `${bare},${serverFirst},${withoutProof}`);
  const bound = binding === Buffer.from(header, 'utf8').toString('base64') && answered === nonce;
  if (password === undefined || !bound || proof !== keys.clientProof)
    throw no('Authentication failed', 'AUTHENTICATIONFAILED');
  await challenge(`v=${keys.serverSignature}`);
  return session.logIn(name, plainName(authzid));
};

function random(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64');
}

/** What both sides prove that they know the password with (RFC 5802 §3), in base64. */
async function keysOf(password: string, salt: string, authMessage: string) {
  const { subtle } = crypto;
  const hash = 'SHA-256';
  // SASLprep, as far as it goes for passwords of tests.
  const base = await subtle.importKey('raw', bytes(password.normalize('NFKC')), 'PBKDF2', false, ['deriveBits']);
  const derived = { name: 'PBKDF2', hash, salt: Buffer.from(salt, 'base64'), iterations: ITERATIONS };
  const salted = await subtle.deriveBits(derived, base, 256);
  const hmac = async (raw: ArrayBuffer, message: string) => {
    const key = await subtle.importKey('raw', raw, { name: 'HMAC', hash }, false, ['sign']);
    return subtle.sign('HMAC', key, bytes(message));
  };
  const clientKey = await hmac(salted, 'Client Key');
  const signature = Buffer.from(await hmac(await subtle.digest(hash, clientKey), authMessage));
  const proof = Buffer.from(clientKey).map((byte, index) => byte ^ (signature[index] ?? 0));
  const serverSignature = Buffer.from(await hmac(await hmac(salted, 'Server Key'), authMessage));
  return { clientProof: Buffer.from(proof).toString('base64'), serverSignature: serverSignature.toString('base64') };
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

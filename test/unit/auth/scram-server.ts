import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

export interface ScramAccount {
  /** node:crypto's name. */
  hash: 'sha1' | 'sha256' | 'sha512';
  pass: string;
  iterations?: number;
  nonce?: string;
  salt?: Buffer;
  /** What follows the iteration count. */
  extensions?: string;
}

/** The server's half of RFC 5802, written from §3 on node:crypto, so that the client is held against something else. */
export class ScramServer {
  readonly #account: Required<ScramAccount>;
  #gs2 = '';
  #clientFirstBare = '';
  #serverFirst = '';

  constructor(account: ScramAccount) {
    this.#account = { iterations: 4096, nonce: 'srv', salt: Buffer.from('some salt'), extensions: '', ...account };
  }

  get gs2(): string {
    return this.#gs2;
  }

  /** The server-first-message for a client-first-message. */
  first(clientFirst: Uint8Array): string {
    const [, gs2 = '', bare = ''] = /^([^,]*,[^,]*,)(.*)$/s.exec(Buffer.from(clientFirst).toString()) ?? [];
    this.#gs2 = gs2;
    this.#clientFirstBare = bare;
    const { nonce, salt, iterations, extensions } = this.#account;
    this.#serverFirst = `${bare.slice(bare.indexOf('r='))}${nonce},s=${salt.toString('base64')},i=${iterations}${extensions}`;
    return this.#serverFirst;
  }

  /** The server-final-message for a client-final-message: v= where the proof and the binding hold, else e=. */
  final(clientFinal: Uint8Array, binding: Uint8Array = Buffer.alloc(0)): string {
    const { hash, pass, salt, iterations } = this.#account;
    const [, withoutProof = '', c = '', p = ''] =
      /^(c=([^,]*),r=[^,]*),p=(.*)$/.exec(String(Buffer.from(clientFinal))) ?? [];
    if (c !== Buffer.concat([Buffer.from(this.#gs2), binding]).toString('base64')) {
      return 'e=channel-bindings-dont-match';
    }
    const auth = [this.#clientFirstBare, this.#serverFirst, withoutProof].join(',');
    const length = createHash(hash).digest().length;
    const salted = pbkdf2Sync(pass, salt, iterations, length, hash);
    const hmac = (key: Buffer, message: string): Buffer => createHmac(hash, key).update(message).digest();
    const storedKey = createHash(hash).update(hmac(salted, 'Client Key')).digest();
    const signature = hmac(storedKey, auth);
    const clientKey = Buffer.from(p, 'base64').map((byte, i) => byte ^ (signature[i] ?? 0));
    if (!createHash(hash).update(clientKey).digest().equals(storedKey)) return 'e=invalid-proof';
    return `v=${hmac(hmac(salted, 'Server Key'), auth).toString('base64')}`;
  }
}

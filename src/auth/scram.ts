import { ProtocolError } from '../errors.ts';
import { EMPTY, type Mechanism, mechanism, type Refused, saslName, serverText, utf8 } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';

export type ScramHash = 'SHA-1' | 'SHA-256' | 'SHA-512';

/** What ties an authentication to the TLS connection beneath it: tls-exporter (RFC 9266), tls-unique (RFC 5929 §3). */
export interface ChannelBinding {
  type: 'tls-exporter' | 'tls-unique';
  data: Uint8Array;
}

export interface ScramOptions {
  hash: ScramHash;
  user: string;
  pass: string;
  authzid?: string | undefined;
  /**
   * Given: the -PLUS mechanism. `'not offered'`: this side could bind, but no -PLUS mechanism is offered; the server
   * hears of it, and refuses when someone in between took the offer away. Absent: no binding on this side.
   */
  channelBinding?: ChannelBinding | 'not offered' | undefined;
  /** The client's nonce. Default: random, as it must be but in tests. */
  nonce?: string;
}

/** Fewer make the password cheap to guess (RFC 5802 §5.1, RFC 7677 §4); more are an attack on the client's time. */
const ITERATIONS = { min: 4_096, max: 1_000_000 };
const BITS = { 'SHA-1': 160, 'SHA-256': 256, 'SHA-512': 512 };

/**
 * SCRAM (RFC 5802; SHA-256: RFC 7677): proves the password without sending it, and has the server prove that it knows it.
 * Success does not count before the server's signature has been verified.
 */
export function scram(options: ScramOptions): Mechanism {
  const { hash, channelBinding } = options;
  const bound = typeof channelBinding === 'object' ? channelBinding : undefined;
  const name = `SCRAM-${hash}${bound ? '-PLUS' : ''}`;
  const gs2 = utf8(`${gs2Flag(channelBinding)},${options.authzid ? `a=${saslName(options.authzid)}` : ''},`);
  const user = saslName(saslPrep('user', options.user));
  const password = utf8(saslPrep('pass', options.pass));
  let nonce = '';
  let clientFirstBare = EMPTY;
  let signature: Uint8Array | undefined;

  // Not before it is needed: node loads its whole Web Crypto for a random number.
  function begin(): Uint8Array {
    nonce = options.nonce ?? makeNonce();
    clientFirstBare = utf8(`n=${user},r=${nonce}`);
    return Buffer.concat([gs2, clientFirstBare]);
  }

  async function answerServerFirst(challenge: Uint8Array): Promise<Uint8Array> {
    const first = parseServerFirst(challenge);
    if (!first) throw malformed(name, 'server-first-message');
    check(name, first, nonce);
    const binding = base64(Buffer.concat([gs2, bound?.data ?? EMPTY]));
    const withoutProof = `c=${binding},r=${first.nonce}`;
    const authMessage = Buffer.concat([clientFirstBare, utf8(','), challenge, utf8(`,${withoutProof}`)]);
    const keys = await prove(hash, { password, salt: first.salt, iterations: first.iterations }, authMessage);
    signature = keys.serverSignature;
    return utf8(`${withoutProof},p=${base64(keys.clientProof)}`);
  }

  function verifyServerFinal(challenge: Uint8Array): Uint8Array {
    const given = parseServerFinal(challenge);
    if (!given) throw malformed(name, 'server-final-message');
    if (!signature || !equal(given, signature)) {
      throw new ProtocolError('SCRAM_SIGNATURE', `AUTHENTICATE ${name}: the server does not know the password`);
    }
    return EMPTY;
  }

  return mechanism(name, {
    initial: begin,
    steps: [answerServerFirst, verifyServerFinal],
    refusal: readServerError,
  });
}

/** 24 bytes are 32 characters of base64, without padding; a comma is not among them. */
function makeNonce(): string {
  return base64(crypto.getRandomValues(new Uint8Array(24)));
}

/** `gs2-cbind-flag = ("p=" cb-name) / "n" / "y"` (RFC 5802 §7). */
function gs2Flag(binding: ScramOptions['channelBinding']): string {
  if (binding === undefined) return 'n';
  return binding === 'not offered' ? 'y' : `p=${binding.type}`;
}

interface ServerFirst {
  nonce: string;
  salt: Uint8Array;
  iterations: number;
  mandatoryExtension: boolean;
}

const BASE64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';
const EXTENSIONS = '((?:,[A-Za-z]=[^\\0,]+)*)';
const SERVER_FIRST = new RegExp(`^r=([!-+\\--~]+),s=(${BASE64}),i=([1-9][0-9]*)${EXTENSIONS}$`);
const SERVER_FINAL = new RegExp(`^v=(${BASE64})${EXTENSIONS}$`);

/**
 *     server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]
 *     reserved-mext        = "m=" 1*(value-char)
 *     nonce                = "r=" c-nonce [s-nonce]
 *     salt                 = "s=" base64
 *     iteration-count      = "i=" posit-number
 *
 * RFC 5802 §7.
 */
function parseServerFirst(message: Uint8Array): ServerFirst | undefined {
  const text = latin1(message);
  if (text.startsWith('m=')) return { nonce: '', salt: EMPTY, iterations: 0, mandatoryExtension: true };
  const [, nonce, salt, iterations, extensions] = SERVER_FIRST.exec(text) ?? [];
  if (!nonce || !salt || !iterations) return undefined;
  return {
    nonce,
    salt: Buffer.from(salt, 'base64'),
    iterations: Number(iterations),
    mandatoryExtension: extensions?.includes(',m=') ?? false,
  };
}

/**
 *     server-final-message = (server-error / verifier) ["," extensions]
 *     verifier             = "v=" base64
 *
 * RFC 5802 §7.
 */
function parseServerFinal(message: Uint8Array): Uint8Array | undefined {
  const [, verifier, extensions] = SERVER_FINAL.exec(latin1(message)) ?? [];
  return verifier && !extensions?.includes(',m=') ? Buffer.from(verifier, 'base64') : undefined;
}

/**
 *     server-error = "e=" server-error-value
 *
 * RFC 5802 §7. The empty answer lets the server end the exchange with its tagged NO.
 */
function readServerError(challenge: Uint8Array): Refused | undefined {
  const text = serverText(challenge);
  return text.startsWith('e=') ? { text: text.slice(2), answer: EMPTY } : undefined;
}

function check(name: string, first: ServerFirst, clientNonce: string): void {
  const command = `AUTHENTICATE ${name}`;
  if (first.mandatoryExtension) {
    throw new ProtocolError('SCRAM_EXTENSION', `${command}: the server demands an extension that nobody has defined`);
  }
  if (!first.nonce.startsWith(clientNonce) || first.nonce.length === clientNonce.length) {
    throw new ProtocolError('SCRAM_NONCE', `${command}: the server's nonce does not extend the client's`);
  }
  if (first.iterations < ITERATIONS.min || first.iterations > ITERATIONS.max) {
    const { min, max } = ITERATIONS;
    throw new ProtocolError('SCRAM_ITERATIONS', `${command}: ${first.iterations} iterations, not ${min} to ${max}`);
  }
}

function malformed(name: string, what: string): ProtocolError {
  return new ProtocolError('SASL_MALFORMED_CHALLENGE', `AUTHENTICATE ${name}: not a ${what} (RFC 5802 §7)`);
}

interface Salted {
  password: Uint8Array<ArrayBuffer>;
  salt: Uint8Array;
  iterations: number;
}

/** The proof and the signature to expect (RFC 5802 §3). The key derivation runs on another thread. */
async function prove(
  hash: ScramHash,
  { password, salt, iterations }: Salted,
  authMessage: Uint8Array,
): Promise<{ clientProof: Uint8Array; serverSignature: Uint8Array }> {
  const { subtle } = crypto;
  const base = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const salted = await subtle.deriveBits({ name: 'PBKDF2', hash, salt, iterations }, base, BITS[hash]);
  const hmac = async (raw: ArrayBuffer, message: Uint8Array): Promise<ArrayBuffer> => {
    const key = await subtle.importKey('raw', raw, { name: 'HMAC', hash }, false, ['sign']);
    return subtle.sign('HMAC', key, message);
  };
  const clientKey = await hmac(salted, utf8('Client Key'));
  const storedKey = await subtle.digest(hash, clientKey);
  const clientSignature = new Uint8Array(await hmac(storedKey, authMessage));
  const serverKey = await hmac(salted, utf8('Server Key'));
  return {
    clientProof: new Uint8Array(clientKey).map((byte, i) => byte ^ (clientSignature[i] ?? 0)),
    serverSignature: new Uint8Array(await hmac(serverKey, authMessage)),
  };
}

/** Takes as long for a near miss as for a far one. */
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

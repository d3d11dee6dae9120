import { AuthenticationError, ProtocolError } from '../errors.ts';

/** Credentials. A mechanism that is not named is chosen: the strongest one offered that the credentials fit. */
export type Auth =
  | {
      user: string;
      pass: string;
      /** Act as this identity (RFC 4422 §3.4.1): only PLAIN and SCRAM can carry it. */
      authzid?: string | undefined;
      mechanism?: 'LOGIN' | 'PLAIN' | 'CRAM-MD5' | 'SCRAM-SHA-1' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | undefined;
      /**
       * Whether SCRAM is bound to the TLS connection (RFC 5802 §6): then nobody in between can pass the exchange on, not
       * even with a certificate that this side trusts. Default: where the server offers a -PLUS mechanism, by tls-exporter
       * (RFC 9266) over TLS 1.3, by tls-unique (RFC 5929) over TLS 1.2 and with Cyrus. A refusal is an AuthenticationError,
       * and never answered with less: who is in between may have sent it. true or the name of a type: bound or not at all.
       * false: never, for a server that offers -PLUS and whose TLS ends in front of it.
       */
      channelBinding?: boolean | 'tls-exporter' | 'tls-unique' | undefined;
    }
  | { user: string; accessToken: string; mechanism?: 'XOAUTH2' | 'OAUTHBEARER' | undefined }
  | { mechanism: 'EXTERNAL' | 'ANONYMOUS'; user?: string | undefined }
  | { sasl: SaslMechanism };

/** Any other SASL mechanism: give its name and answer each challenge. */
export interface SaslMechanism {
  name: string;
  /** The initial response (sent with SASL-IR where offered). */
  initial?: (() => Uint8Array | Promise<Uint8Array>) | undefined;
  /** Throw to cancel the exchange. What is no Uint8Array cancels it with a UsageError. */
  respond: (challenge: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  /** Called with the success: throw to reject a server that has not proved itself. */
  done?: (() => void) | undefined;
}

/**
 * One exchange of a SASL mechanism (RFC 4422 §3), without I/O. A new exchange needs a new Mechanism.
 *
 * - `initial` is the initial response, perhaps empty. Where the server does not take it with the command (RFC 4959), it
 *   is the answer to the server's first, empty challenge. Absent: the server speaks first.
 * - `respond` answers each further challenge; when it throws, the exchange is to be cancelled. Data that came with the
 *   success itself goes through it too, and the answer is dropped.
 * - `done` is called with the success and throws when that is none.
 */
export interface Mechanism extends SaslMechanism {
  /** What the server said inside the exchange of why it refuses: OAuth's JSON, SCRAM's `e=`. */
  readonly failure?: string | undefined;
}

export type Answer = Uint8Array | Promise<Uint8Array>;

/** What makes one mechanism different from another. Secrets live in its closures, where no inspection shows them. */
export interface Exchange {
  initial?: () => Answer;
  /** The answer to the first challenge, to the second, …; success counts only after the last. */
  steps?: ReadonlyArray<(challenge: Uint8Array) => Answer>;
  /** Reads a challenge that is the server's error, in whatever place it comes. */
  refusal?: (challenge: Uint8Array) => Refused | undefined;
}

export interface Refused {
  text: string;
  answer: Uint8Array;
}

/** Bytes; far above what any mechanism here is sent. */
const MAX_CHALLENGE = 16_384;

export const EMPTY: Uint8Array = new Uint8Array(0);

/** Builds a mechanism that holds the order of its exchange: each challenge is answered once, and none goes beyond. */
export function mechanism(name: string, { initial, steps = [], refusal }: Exchange): Mechanism {
  const command = `AUTHENTICATE ${name}`;
  let begun = initial === undefined;
  let challenges = 0;
  let answers = 0;
  let failure: string | undefined;

  async function respond(challenge: Uint8Array): Promise<Uint8Array> {
    if (challenge.length > MAX_CHALLENGE) {
      throw new ProtocolError('SASL_CHALLENGE_TOO_LONG', `${command}: a challenge of ${challenge.length} bytes`);
    }
    const refused = failure === undefined ? refusal?.(challenge) : undefined;
    if (refused) {
      failure = refused.text;
      return refused.answer;
    }
    const step = failure === undefined ? steps[challenges++] : undefined;
    if (!step) throw new ProtocolError('SASL_UNEXPECTED_CHALLENGE', `${command}: a challenge after the last one`);
    const answer = await step(challenge);
    answers++;
    return answer;
  }

  function done(): void {
    if (failure !== undefined) throw new AuthenticationError({ status: 'NO', command, text: failure });
    if (!begun || answers < steps.length) {
      throw new ProtocolError('SASL_INCOMPLETE', `${command}: success before the exchange was over`);
    }
  }

  return {
    name,
    ...(initial && {
      initial() {
        begun = true;
        return initial();
      },
    }),
    respond,
    done,
    get failure() {
      return failure;
    },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The server's words for people: on one line, whatever it sent. */
export function serverText(bytes: Uint8Array): string {
  return decoder.decode(bytes).replace(/\p{Cc}+/gu, ' ');
}

/**
 * Writes a name into a GS2 header or a SCRAM message.
 *
 *     saslname = 1*(value-safe-char / "=2C" / "=3D")
 *
 * RFC 5802 §7, RFC 5801 §4.
 */
export function saslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

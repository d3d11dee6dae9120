import { findMechanism } from '../auth/index.ts';
import type { ServerCommand } from '../command.ts';
import { bad, no } from '../refusal.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** AUTHENTICATE (RFC 3501 §6.2.2), with an initial response by SASL-IR (RFC 4959) */
export const authenticate: ServerCommand = {
  name: 'AUTHENTICATE',
  state: 'not authenticated',
  async run(session, args) {
    args.space();
    const name = args.word();
    let initial: Buffer | undefined;
    if (session.offers('SASL-IR') && args.take(' ')) initial = decode(args.match(/[A-Za-z0-9+/=]+/y) ?? '', true);
    args.end();
    const mechanism = findMechanism(name);
    if (!mechanism || !session.offers(`AUTH=${name}`)) throw no('Unsupported authentication mechanism', 'CANNOT');
    if (!session.announces(`AUTH=${name}`)) throw no('Not before TLS', 'PRIVACYREQUIRED');
    const challenge = async (content: string) => {
      const answer = await session.connection.ask(Buffer.from(content, 'utf8').toString('base64'));
      if (answer === '*') throw bad('Authentication cancelled');
      return decode(answer, false);
    };
    return mechanism(session, challenge, initial);
  },
};

/** `=` is an empty initial response (RFC 4959 §3). */
function decode(text: string, initial: boolean): Buffer {
  if (initial && text === '=') return Buffer.alloc(0);
  if (!BASE64.test(text) || (initial && text === '')) throw bad('Not base64');
  return Buffer.from(text, 'base64');
}

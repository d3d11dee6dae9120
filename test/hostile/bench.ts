/** Calls methods with all that is hostile, and looks at what goes out. */
import { type ImapClient, ImapError, type Mailbox } from '../../src/index.ts';
import { type Agreed, agreed, outside } from './agreeable.ts';
import { isCallers, type Variant } from './arguments.ts';

/** A stream that does not give what it promised ends the connection. */
const MAY_CLOSE = /^(client\.(append|logout|close)|mailbox\.replace)$/;

/** Calls a method by its name; iterations are taken to their end. `called` is told before anything has time to happen. */
export async function call(
  { client, mailbox }: { client: ImapClient; mailbox: Mailbox },
  name: string,
  args: unknown[],
  called = () => {},
): Promise<void> {
  const [root, ...path] = name.split('.');
  const last = path.pop() ?? '';
  // biome-ignore lint/suspicious/noExplicitAny: it is called by name, whatever the types say
  let object: any = root === 'client' ? client : mailbox; // see above
  for (const step of path) object = object[step];
  const result = object[last](...args);
  called();
  if (last === 'watch' || last === 'notify' || last === 'searchUpdates') return watch(result);
  if (name === 'mailbox.fetch') for await (const _ of result);
  else if (last === 'on') result();
  else if (last === 'download') await (await result).content.bytes();
  else await result;
}

/** As far as it goes within a few turns of the event loop. */
async function watch(events: AsyncIterable<unknown>): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  const next = iterator.next();
  next.catch(() => {});
  for (let turns = 0; turns < 4; turns++) await new Promise((resolve) => setImmediate(resolve));
  await iterator.return?.();
  await next;
}

const ATOM = /^[!#$&'+,\-./0-9:;<=>?@A-Z^_`a-z|~\]]+$/;

/** A caller's text stands where it is no more than text. */
function strays({ server }: Agreed, text: string): string[] {
  const skeletons = server.commands.map(({ pieces }) => pieces.map(outside).join('{}'));
  return ATOM.test(text) ? [] : skeletons.filter((skeleton) => /zq/i.test(skeleton));
}

export class Bench {
  readonly #capabilities: string;
  readonly #utf8: boolean;
  #agreed: Agreed | undefined;
  readonly wrong: string[] = [];
  calls = 0;

  constructor(capabilities: string, utf8 = false) {
    this.#capabilities = capabilities;
    this.#utf8 = utf8;
  }

  async #ready(): Promise<Agreed> {
    if (this.#agreed === undefined || this.#agreed.client.state === 'closed') {
      this.#agreed = await agreed(this.#capabilities);
      if (this.#utf8) await this.#agreed.client.enable(['UTF8=ACCEPT']);
    }
    return this.#agreed;
  }

  async try(method: string, variants: Iterable<Variant>): Promise<void> {
    for (const variant of variants) {
      const ready = await this.#ready();
      if (/^mailbox\.(close|unselect)$/.test(method)) ready.mailbox = await ready.client.open('INBOX');
      ready.server.commands = [];
      this.calls++;
      const error = await call(ready, method, variant.make()).then(
        () => undefined,
        (reason: unknown) => ({ reason }),
      );
      const tell = (what: string) => this.wrong.push(`${method}(${variant.name}): ${what}`);
      if (error !== undefined && !variant.lies && !isLibrarys(error.reason))
        tell(String((error.reason as Error)?.stack ?? error.reason)); // whatever it is
      for (const violation of ready.server.violations.splice(0)) tell(violation);
      // The name of a command may have two words, as in UID X.
      const twoWords = method === 'client.command' && variant.name.startsWith('0 =');
      for (const stray of twoWords ? [] : strays(ready, variant.text ?? 'zq '))
        tell(`not as text: ${stray.slice(0, 200)}`);
      if (ready.client.state === 'closed' && !MAY_CLOSE.test(method)) tell('the client is closed');
    }
  }

  close(): void {
    this.#agreed?.client.close();
  }
}

function isLibrarys(error: unknown): boolean {
  return (error instanceof ImapError && error.code !== 'INTERNAL') || isCallers(error);
}

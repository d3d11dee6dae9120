/** A vitest suite with a real server of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available, type ServerName, type Servers, start } from './start/index.ts';

const START_PATIENCE_MS = 60_000;
const TEST_PATIENCE_MS = 30_000;

type Body<Name extends ServerName> = (server: () => Servers[Name]['server']) => void;

/**
 * Starts one server for the tests in `body` and stops it after them; inside a test, `server()` is that server.
 * Where it cannot run the suite is skipped and a line says why; under CI that is a failure.
 */
export function describeServer<Name extends ServerName>(name: Name, body: Body<Name>): void;
export function describeServer<Name extends ServerName>(
  name: Name,
  options: Servers[Name]['options'],
  body: Body<Name>,
): void;
export function describeServer<Name extends ServerName>(
  name: Name,
  ...rest: [Body<Name>] | [Servers[Name]['options'], Body<Name>]
): void {
  const [options, body] = rest.length === 1 ? [undefined, rest[0]] : rest;
  const found = available(name);
  if (!found.ok && process.env.CI) {
    it(`has ${name} to test against`, () => {
      expect.fail(`${name}: ${found.why}. test/server/install.sh ${name} installs it.`);
    });
    return;
  }
  if (!found.ok) console.warn(`skipped, no ${name}: ${found.why} (test/server/install.sh ${name} installs it)`);
  describe.skipIf(!found.ok)(name, { timeout: TEST_PATIENCE_MS }, () => {
    let running: Servers[Name]['server'] | undefined;
    beforeAll(async () => {
      running = await start(name, options);
    }, START_PATIENCE_MS);
    afterAll(() => running?.stop(), START_PATIENCE_MS);
    body(() => {
      if (!running) throw new Error(`${name} runs only while its tests do: call server() inside one`);
      return running;
    });
  });
}

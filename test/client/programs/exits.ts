/**
 * A program that uses the library and then has nothing more to do: it must end by itself. WAY says what it does; what it
 * found is its last line, JSON.
 */
import { type ConnectOptions, connect } from '../../../src/index.ts';

const { WAY = '', URLS = '[]', OPTIONS = '{}' } = process.env;
const options: ConnectOptions = JSON.parse(OPTIONS);

const WAYS: Record<string, () => Promise<unknown>> = {
  async urls() {
    const found: unknown[] = [];
    for (const url of JSON.parse(URLS)) {
      const client = await connect(found.length % 2 === 0 ? url : new URL(url));
      found.push([client.state, client.secure]);
      await client.logout();
    }
    return found;
  },
  async work() {
    const client = await connect(options);
    const inbox = await client.open('INBOX');
    await client.append('INBOX', { content: 'Subject: x\r\n\r\n' });
    for await (const _ of inbox.fetch('1:*', { source: true })) break;
    const uids = await inbox.search({}, { timeout: 60_000 });
    await client.logout();
    return { uids };
  },
  async watch() {
    const client = await connect(options);
    const inbox = await client.open('INBOX');
    const controller = new AbortController();
    const watching = (async () => {
      for await (const _ of inbox.watch({ signal: controller.signal }));
    })();
    await inbox.search({});
    controller.abort();
    await watching;
    await client.logout();
    return {};
  },
  async 'watch that polls'() {
    const client = await connect(options);
    const inbox = await client.open('INBOX');
    const watching = (async () => {
      for await (const _ of inbox.watch());
    })().catch((reason) => reason);
    for (let count = 0; count < 5; count++) await inbox.search({});
    client.close();
    return { code: (await watching).code };
  },
  async 'close in the middle'() {
    const client = await connect(options);
    const inbox = await client.open('INBOX');
    const pending = Promise.allSettled([
      inbox.search({}),
      client.list(),
      (async () => {
        for await (const _ of inbox.watch());
      })(),
    ]);
    client.close();
    return { settled: (await pending).map(({ status }) => status) };
  },
  async refused() {
    const error = await connect({ ...options, auth: { user: 'user', pass: 'wrong' } }).catch((reason) => reason);
    return { name: error.name };
  },
  async 'timed out'() {
    const error = await connect({ ...options, timeouts: { connect: 200 } }).catch((reason) => reason);
    return { name: error.name, code: error.code };
  },
  async 'never used'() {
    const client = await connect(options);
    await client.open('INBOX');
    client.close();
    return { state: client.state };
  },
};

const result = await (WAYS[WAY]?.() ?? Promise.reject(new Error(`no way ${WAY}`)));
console.log(JSON.stringify(result));

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../src/testing/index.ts';
import { repository, run } from './run.ts';

const PATIENCE_MS = 60_000;

/** Runs a program as `npx tsx` does, without an account: it works with the server in memory. */
function runProgram(path: string, args: string[] = []): Promise<string> {
  const env = { IMAP_URL: '', TSX_TSCONFIG_PATH: join(repository, 'tsconfig.json') };
  return run(process.execPath, ['--import', 'tsx', path, ...args], { cwd: repository, env });
}

const runExample = (name: string, args?: string[]) => runProgram(join('examples', name), args);

describe('examples/', { timeout: PATIENCE_MS }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imapwire-examples-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are all run here', async () => {
    const text = await readFile(join(repository, 'test/package/examples.test.ts'), 'utf8');
    const programs = (await readdir(join(repository, 'examples'))).filter((name) => name !== 'account.ts');
    expect(programs.length).toBeGreaterThan(8);
    expect(programs.filter((name) => !text.includes(`runExample('${name}'`))).toEqual([]);
  });

  it('print no control character of a stranger', async () => {
    const program = join(folder, 'plain.ts');
    const account = JSON.stringify(join(repository, 'examples/account.ts'));
    const hostile = JSON.stringify('Caf\u00e9 \u001b]0;mine\u0007\u009b2J');
    await writeFile(program, `import { plain } from ${account};\nconsole.log(JSON.stringify(plain(${hostile})));\n`);
    const output = await runProgram(program);
    await rm(program);
    expect(JSON.parse(output)).toBe('Caf\u00e9 \ufffd]0;mine\ufffd\ufffd2J');
    for (const name of ['append', 'attachment', 'demo', 'flag-and-move', 'mailboxes', 'unread', 'watch'])
      expect(await readFile(join(repository, 'examples', `${name}.ts`), 'utf8')).toContain('plain(');
  });

  it('demo: does the main job and ends', async () => {
    const output = await runExample('demo.ts');
    const steps = ['connect', 'list', 'select', 'search', 'fetch', 'store', 'expunge'];
    expect(steps.filter((step) => !new RegExp(`^${step} +\\S`, 'm').test(output))).toEqual([]);
    expect(output).toMatch(/^ {2}INBOX .* \d\d messages, \d+ unread$/m);
    expect(output.match(/^ {2}[ •!] +\d+ {2}\d{4}-\d\d-\d\d .* kB/gm)).toHaveLength(10);
    expect(output.match(/^ {2}message \d+ is now .*\\Flagged/gm)).toHaveLength(3);
    expect(output).toMatch(/^expunge {2}2 of 13 copies removed \(UID 1:2\); 11 are left$/m);
  });

  it('mailboxes: lists all with their counts', async () => {
    const output = await runExample('mailboxes.ts');
    expect(output).toMatch(/^INBOX +\\Inbox +\d+ messages, \d+ unread$/m);
    expect(output).toMatch(/^Sent +\\Sent +\d+ messages, \d+ unread$/m);
    expect(output.trimEnd().split('\n').length).toBeGreaterThan(5);
  });

  it('unread: lists the newest first', async () => {
    const lines = (await runExample('unread.ts')).trimEnd().split('\n');
    const last = lines.pop();
    expect(lines.length).toBeGreaterThan(3);
    expect(last).toBe(`${lines.length} unread of the last week`);
    const days = lines.map((line) => line.slice(0, 10));
    expect(days).toEqual([...days].sort().reverse());
  });

  it('flag-and-move: tells the new flags and the new UIDs', async () => {
    const output = await runExample('flag-and-move.ts');
    expect(output.match(/^message \d+ is now .*\\Flagged/gm)).toHaveLength(3);
    expect(output.match(/^message \d+ moved: it is [123] in ".* moved"$/gm)).toHaveLength(3);
    expect(output).toMatch(/^".* moved" holds 3 messages$/m);
  });

  it('expunge: removes what it was told to, and nothing else', async () => {
    const output = await runExample('expunge.ts');
    expect(output).toContain('asked to remove 2 and 3; removed 2: 2:3\n');
    expect(output).toMatch(/^left: 1, 4, .*; message 1 is still there$/m);
  });

  it('append: saves a draft', async () => {
    const output = await runExample('append.ts');
    expect(output).toMatch(/^saved in Drafts as message \d+\nsubject "Lunch\?", 232 bytes, .*\\Draft/);
  });

  it('attachment: saves it to a file that is new', async () => {
    const output = await runExample('attachment.ts', [folder]);
    const [, bytes, path = ''] = /^part \S+ of message \d+, \S+, (\d+) bytes: (.+)$/m.exec(output) ?? [];
    expect(await readdir(folder)).toEqual([basename(path)]);
    expect((await stat(path)).size).toBe(Number(bytes));
    await expect(runExample('attachment.ts', [folder])).rejects.toThrow('EEXIST');
  });

  it('watch: tells what arrives', async () => {
    expect(await runExample('watch.ts')).toMatch(
      /^Waiting for new mail \(Ctrl-C ends it\)\n(message \d+ arrived: Here I am\n)+Ended\n$/,
    );
  });

  it('several-accounts: one that fails does not hold up the others', async () => {
    const output = await runExample('several-accounts.ts');
    expect(output).toMatch(/^anna: \d+ messages, \d+ unread\nben: 1 messages, 1 unread\ncarla: AuthenticationError, /);
  });

  it('own-tests: tests a program with the server in memory', async () => {
    const output = await runExample('own-tests.ts');
    expect(output).toMatch(/^\W+ pass 3$/m);
    expect(output).toMatch(/^\W+ fail 0$/m);
  });

  it("the README's first program does what it says", async () => {
    const readme = await readFile(join(repository, 'README.md'), 'utf8');
    const [, program = ''] = /^## A first program\n\n```ts\n(.*?)^```$/ms.exec(readme) ?? [];
    await using server = await createServer({ users: { anna: 'secret' } });
    server.store.deliver('INBOX', 'Date: Mon, 5 Feb 2024 10:00:00 +0000\nSubject: Hello\n\n1\n');
    server.store.deliver('INBOX', 'Subject: Read before\n\n2\n', { flags: ['\\Seen'] });
    const here = `host: '127.0.0.1', port: ${server.port}, security: 'none'`;
    const path = join(folder, 'first.mts');
    await writeFile(path, program.replace("host: 'imap.example.org'", here));
    expect(await runProgram(path)).toBe('INBOX: 2 messages, 1 unread\n1 2024-02-05T10:00:00.000Z Hello\n');
    expect([...(server.store.mailbox('INBOX').message(1)?.flags ?? [])]).toEqual(['\\Flagged']);
  });
});

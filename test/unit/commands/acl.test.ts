import { describe, expect, it } from 'vitest';
import { deleteAcl } from '../../../src/commands/deleteacl.ts';
import { getAcl } from '../../../src/commands/getacl.ts';
import { listRights } from '../../../src/commands/listrights.ts';
import { myRights } from '../../../src/commands/myrights.ts';
import { setAcl } from '../../../src/commands/setacl.ts';
import { UsageError } from '../../../src/index.ts';
import { Dialogue } from '../session/dialogue.ts';
import { answered } from './answered.ts';

describe('ACL', () => {
  it('GETACL (RFC 4314 §3.3)', async () => {
    const { sent, result } = await answered('ACL', getAcl('INBOX/Drafts', { utf8: false }), [
      '* ACL INBOX/Drafts Fred rwipslxetad Chris lrswi "-anyone" "" {3}\r\na b "k"',
    ]);
    expect(sent).toBe('GETACL "INBOX/Drafts"');
    expect([...result]).toEqual([
      ['Fred', 'rwipslxetad'],
      ['Chris', 'lrswi'],
      ['-anyone', ''],
      ['a b', 'k'],
    ]);
  });

  it('gives each of several GETACLs in flight its own answer', async () => {
    const dialogue = Dialogue.ready('ACL');
    const [a, b] = [dialogue.run(getAcl('Ä', { utf8: false })), dialogue.run(getAcl('B', { utf8: false }))];
    expect(await dialogue.turn()).toBe('A1 GETACL "&AMQ-"\r\nA2 GETACL "B"\r\n');
    dialogue.lines('* ACL B u lr', '* ACL &AMQ- u lrs', 'A2 OK', 'A1 OK');
    expect([...(await a.promise)]).toEqual([['u', 'lrs']]);
    expect([...(await b.promise)]).toEqual([['u', 'lr']]);
  });

  it.each(['lrs', '+lr', '-x', '', '+0123'])('SETACL %j', async (rights) => {
    expect((await answered('ACL', setAcl('A', 'x y', rights), [])).sent).toBe(`SETACL "A" "x y" "${rights}"`);
    const { sent } = await answered('ACL LITERAL+', setAcl('A', 'jörg', rights), []);
    expect(Buffer.from(sent, 'latin1').toString()).toBe(`SETACL "A" {5+}\r\njörg "${rights}"`);
  });

  it.each(['LR', 'l r', '--l', 'é'])('refuses the rights %j', async (rights) => {
    const dialogue = Dialogue.ready('ACL');
    await expect(dialogue.run(setAcl('A', 'x', rights)).promise).rejects.toBeInstanceOf(UsageError);
    expect(await dialogue.turn()).toBe('');
  });

  it('DELETEACL', async () => {
    expect((await answered('ACL', deleteAcl('A', '-anyone'), [])).sent).toBe('DELETEACL "A" "-anyone"');
  });

  it('LISTRIGHTS (RFC 4314 §3.4)', async () => {
    const { sent, result } = await answered('ACL', listRights('~/Mail/saved', 'smith', { utf8: false }), [
      '* LISTRIGHTS ~/Mail/saved smith la r swicdkxte',
    ]);
    expect(sent).toBe('LISTRIGHTS "~/Mail/saved" "smith"');
    expect(result).toEqual({ required: 'la', optional: ['r', 'swicdkxte'] });
    const none = await answered('ACL', listRights('archive', 'anyone', { utf8: false }), [
      '* LISTRIGHTS archive anyone ""',
    ]);
    expect(none.result).toEqual({ required: '', optional: [] });
  });

  it('MYRIGHTS (RFC 4314 §3.5)', async () => {
    const { sent, result } = await answered('ACL', myRights('INBOX', { utf8: false }), [
      '* MYRIGHTS inbox rwiptsldaex',
    ]);
    expect(sent).toBe('MYRIGHTS "INBOX"');
    expect(result).toBe('rwiptsldaex');
  });
});

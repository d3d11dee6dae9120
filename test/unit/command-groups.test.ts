import { expect, it } from 'vitest';
import { commandGroup } from '../../src/command-groups.ts';
import { endCalls } from '../../src/operations/before-logout.ts';
import type { TakeSteps } from '../../src/operations/while-user-stays.ts';
import { Dialogue } from './session/dialogue.ts';

const takeSteps: TakeSteps = (_, options, work) => work(options);

it('a mistake is told by the name of the group and of its method', async () => {
  const { session } = Dialogue.ready('QUOTA METADATA');
  const wrong = { timeOut: 1 } as object; // from a caller without types
  await expect(commandGroup('quota', session, takeSteps).get('', wrong)).rejects.toThrow(/^quota\.get: .*timeOut/);
  await expect(commandGroup('metadata', session, takeSteps).set('', {}, wrong)).rejects.toThrow(
    /^metadata\.set: .*timeOut/,
  );
});

it('no call of a group is taken once the client logs out', async () => {
  const { session } = Dialogue.ready('ACL');
  const acl = commandGroup('acl', session, takeSteps);
  endCalls(session);
  await expect(acl.myRights('INBOX')).rejects.toMatchObject({ code: 'CLOSED', message: /^acl\.myRights: / });
});

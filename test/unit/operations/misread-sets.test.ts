import { describe, expect, it } from 'vitest';
import { existing, misreadsQuery, searchBySets } from '../../../src/operations/misread-sets.ts';
import type { Command } from '../../../src/session/command.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import type { SearchQuery } from '../../../src/syntax/search-key.ts';
import type { MessageSet } from '../../../src/wire/sequence-set.ts';
import { written } from '../syntax/reader-of.ts';

/** The first command of a search. */
async function firstOf(query: SearchQuery): Promise<Command<unknown> | undefined> {
  const commands: Command<unknown>[] = [];
  const run = async <Result>(command: Command<Result>) => {
    commands.push(command);
    return [1, 2, 5] as Result; // what each of these commands finds
  };
  await searchBySets(run, new ConnectionState(), query);
  return commands[0];
}

describe('a search that is put together here', () => {
  it.each<[SearchQuery, true | undefined]>([
    [{ seq: 2 }, true],
    [{ uid: '3:*' }, undefined],
    [{ or: [{ seen: true }, { seq: '*' }] }, true],
  ])('%j finds out which messages there are as what holds such numbers does', async (query, sequenceNumbers) => {
    expect((await firstOf(query))?.behaviour.sequenceNumbers).toBe(sequenceNumbers);
  });

  it.each<[SearchQuery, boolean]>([
    [{ seq: 2 }, false],
    [{ uid: '3:*' }, true],
  ])('%j: on another connection the numbers of this one mean nothing', async (query, repeated) => {
    expect((await firstOf(query))?.repeat?.() !== undefined).toBe(repeated);
  });
});

/** A mailbox of these messages, some of them seen: what is asked of it, and what it answers. */
function mailbox(all: number[], seen: number[] = []) {
  const asked: string[] = [];
  const run = async <Result>(command: Command<Result>) => {
    const text = written((writer) => command.write?.(writer)).trim();
    asked.push(text);
    return (text === 'ALL' ? all : seen) as Result; // both are results of a search
  };
  return { asked, run };
}

describe('a set that the server misreads', () => {
  it.each<[SearchQuery, number[], string[]]>([
    [{ uid: '5:*' }, [5, 9], []],
    [{ uid: '10:*' }, [], []],
    [{ uid: '*' }, [9], []],
    [{ uid: [1, 5, 6] }, [5], []],
    [{ uid: [] }, [], []],
    [{ seq: '2:*' }, [5, 9], []],
    [{ seq: '*' }, [9], []],
    [{ seq: 1 }, [2], []],
    [{ seq: 5 }, [], []],
    [{ uid: '2:5', seen: true }, [5], ['SEEN']],
    [{ seq: '2:3', uid: '2:5' }, [5], []],
    [{ not: { uid: 5 } }, [2, 9], []],
    [{ not: [{ uid: 5 }, { seen: true }] }, [2], ['SEEN']],
    [{ or: [{ seq: 1 }, { seen: true }] }, [2, 5, 9], ['SEEN']],
    [{ and: [{ uid: '2:5' }, { seen: true }] }, [5], ['SEEN']],
    [{ or: [{ uid: 2 }, { and: [{ seen: true, not: { seq: 3 } }] }] }, [2, 5], ['SEEN']],
  ])('is worked out here from which messages there are: %j', async (query, found, others) => {
    const { asked, run } = mailbox([2, 5, 9], [5, 9]);
    expect(await searchBySets(run, new ConnectionState(), query)).toEqual(found);
    expect(asked).toEqual(['ALL', ...others]);
  });

  it.each<[SearchQuery, number[], string[]]>([
    [{ keyword: ['a', 'b'] }, [], []],
    [{ notKeyword: 'a' }, [2, 5, 9], ['ALL']],
    [{ seen: true, keyword: 'a' }, [], []],
    [{ seen: true, notKeyword: 'a' }, [5, 9], ['SEEN']],
    [{ or: [{ keyword: 'a' }, { seen: true }], uid: '2:5' }, [5], ['SEEN']],
    [{ not: [{ keyword: 'a' }, { seen: true }] }, [2], ['SEEN']],
  ])('is not asked for keywords where the server keeps none (Mailutils): %j', async (query, found, others) => {
    const { asked, run } = mailbox([2, 5, 9], [5, 9]);
    const connection = new ConnectionState();
    connection.server = 'Mailutils';
    expect(await searchBySets(run, connection, query)).toEqual(found);
    expect(asked).toEqual(['ALL', ...others]);
  });

  it.each<[SearchQuery]>([[{ uid: '*' }], [{ seq: '1:*' }]])('names nothing in an empty mailbox: %j', async (query) => {
    expect(await searchBySets(mailbox([]).run, new ConnectionState(), query)).toEqual([]);
  });

  it.each<[MessageSet, MessageSet, string[]]>([
    ['1,3:9', '5,9', ['ALL']],
    [7, '', ['ALL']],
    ['10:4294967295', '', ['ALL']],
    ['5:*', '5,9', ['ALL']],
    ['1:*', '1:*', []],
    ['$', '$', []],
    [{ seq: '2' }, { seq: '2' }, []],
  ])('names nothing that is not there: %j', async (set, left, commands) => {
    const { asked, run } = mailbox([2, 5, 9]);
    expect([await existing(run, new ConnectionState(), set), asked]).toEqual([left, commands]);
  });

  it.each<[SearchQuery, string]>([
    [{ seen: true }, ''],
    [{ uid: '2:5' }, 'Mailutils'],
    [{ seq: 2 }, 'Mailutils'],
    [{ or: [{ seen: true }, { uid: 2 }] }, 'Mailutils'],
    [{ not: { and: [{ seq: 2 }] } }, 'Mailutils'],
    [{ uid: '2:*' }, 'Mailutils'],
    [{ keyword: 'a' }, 'Mailutils'],
    [{ or: [{ seen: true }, { not: { notKeyword: ['a'] } }] }, 'Mailutils'],
    [{ uid: '*' }, 'Mailutils Courier Cyrus'],
    [{ uid: '2,*' }, 'Mailutils Courier Cyrus'],
    [{ seq: '2:*' }, 'Mailutils Courier Cyrus'],
    [{ not: [{ seen: true }, { seq: '*' }] }, 'Mailutils Courier Cyrus'],
  ])('is known: %j is misread by %j', (query, servers) => {
    const misreading = [undefined, 'Dovecot', 'Mailutils', 'Courier', 'Cyrus'] as const;
    const connection = new ConnectionState();
    const found = misreading.filter((server) => {
      connection.server = server;
      return misreadsQuery(connection, query);
    });
    expect(found.join(' ')).toBe(servers);
  });
});

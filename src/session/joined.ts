import { CommandError } from '../errors.ts';
import type { StatusResponse } from '../syntax/response.ts';
import type { CommandPart } from '../wire/writer.ts';
import type { Command } from './command.ts';
import { newOperation, type Operation, settle } from './operation.ts';
import { ownError } from './outcome.ts';
import type { Behaviour } from './pipeline.ts';

/** How commands of a kind are sent as one, which is executed for all of them or for none. None needs a selected mailbox. */
export interface Joining {
  /** A capability: the server may offer it no more when their turn comes, or that of the next connection may not. */
  readonly needs: string;
  /** What they have in common: those with another are not joined. */
  readonly to: string;
  /** So many at most. */
  readonly most: number;
  /** So many bytes of literals at most. */
  readonly mostBytes: number;
  /** What each has behind its tag, and all together once. */
  readonly head: RegExp;
  /** What each makes of the answer. */
  results(tagged: StatusResponse, count: number): unknown[];
}

/** Where they are refused each is sent again, alone: of what was called for later only others of their kind may come before. */
const JOINED: Behaviour = { alone: true };

/**
 * It ends with its only literal, which is at hand and does not wait to be asked for. One that is empty would cancel all of
 * them (RFC 3502 §6.3.11).
 */
function isJoinable(parts: readonly CommandPart[]): parts is readonly [string, Uint8Array, string] {
  const [line, literal, end] = parts;
  return (
    parts.length === 3 &&
    typeof line === 'string' &&
    literal instanceof Uint8Array &&
    literal.length > 0 &&
    end === '\r\n'
  );
}

/** More than any limit where it goes alone: its progress is its own, and what was started before has been refused with others. */
export function joinedBytes({ parts, options, started }: Operation): number {
  return isJoinable(parts) && options.progress === undefined && !started ? parts[1].length : Number.POSITIVE_INFINITY;
}

/** At least one. */
export type Several = [Operation, ...Operation[]];

/** Whether it can be sent as one with these, and was called for directly behind them. `bytes`: of all of them together. */
export function joins(next: Operation, all: Several, bytes: number, { to, most, mostBytes }: Joining): boolean {
  const [first] = all;
  if (next.command.joining?.to !== to || next.ticket !== first.ticket + all.length || next.utf8 !== first.utf8)
    return false;
  return all.length < most && bytes <= mostBytes;
}

/** These as one operation. `again` has them wait once more. */
export function newJoined(
  all: Several,
  joining: Joining,
  ticket: number,
  again: (all: Operation[]) => void,
): Operation {
  const command: Command<unknown[]> = {
    name: all[0].command.name,
    joining,
    behaviour: JOINED,
    finish: (tagged) => joining.results(tagged, all.length),
  };
  const started = () => {
    for (const one of all) {
      one.started = true;
      one.options.started?.();
    }
  };
  const operation = newOperation(command, { started }, ticket);
  operation.parts = [
    operation.tag,
    ...all.flatMap((one, at) => partsOf(one, at === 0 ? undefined : joining.head)),
    '\r\n',
  ];
  operation.resolve = (results) => {
    const each = results as unknown[]; // what finish() gave
    for (const [at, one] of all.entries()) settle(one, { value: each[at] });
  };
  operation.reject = (error) => {
    if (error instanceof CommandError) again(all.filter(({ settled }) => !settled));
    else for (const one of all) settle(one, { error: ownError(error) });
  };
  return operation;
}

/** Without the tag, without the head and without the end. */
function partsOf({ tag, parts }: Operation, head: RegExp | undefined): CommandPart[] {
  const [line, literal] = parts as [string, Uint8Array]; // joinable
  const text = line.slice(tag.length);
  return [head === undefined ? text : text.replace(head, ''), literal];
}

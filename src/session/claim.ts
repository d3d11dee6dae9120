import { ProtocolError } from '../errors.ts';
import type { Frame } from '../wire/frame.ts';
import type { Reader } from '../wire/reader.ts';
import type { UntaggedResponse } from './command.ts';
import type { Operation } from './operation.ts';
import type { ConnectionState } from './state.ts';

/** What one command may gather from responses that it does not read as FETCH, in bytes. */
const MOST_HELD = 64 << 20;
/** What a response weighs beside its bytes. */
const RESPONSE_WEIGHT = 100;

/**
 * Gives an untagged response, from behind its name on, to the first of the commands in flight that it belongs to, else to
 * a subscriber. False: it belongs to none.
 */
export function claim(
  state: ConnectionState,
  inFlight: readonly Operation[],
  name: string,
  number: number,
  reader: Reader,
  frame: Frame,
  behindName: number,
): boolean {
  let declined: Operation | undefined;
  for (const operation of inFlight) {
    const { command, tag } = operation;
    if (command.collects?.has(name)) {
      weigh(operation, frame);
      command.collect?.(asItCame(frame));
      return true;
    }
    const read = command.untagged?.[name];
    if (read === undefined) continue;
    reader.reset(frame);
    reader.position = behindName;
    if (read(reader, number, tag) === false) {
      declined ??= operation;
      continue;
    }
    weigh(operation, frame);
    return true;
  }
  for (const { untagged } of state.subscribers) {
    reader.reset(frame);
    reader.position = behindName;
    if (untagged[name] !== undefined && untagged[name](reader, number, '') !== false) return true;
  }
  // One more answer than was asked for weighs as well: it may be the first of a flood.
  if (declined !== undefined) weigh(declined, frame);
  return false;
}

/** A server that answers without end is stopped. */
export function weigh(operation: Operation, { start, end, pieces, literals }: Frame): void {
  let weight = operation.weight + RESPONSE_WEIGHT + end - start;
  for (const piece of pieces) weight += piece.length;
  for (const literal of literals) weight += literal.length;
  operation.weight = weight;
  // One response may be as long as its own limits allow.
  if (weight <= MOST_HELD || weight === end - start + RESPONSE_WEIGHT) return;
  const { name } = operation.command;
  throw new ProtocolError('LIMIT_RESPONSES', `${name}: the server answered with more than ${MOST_HELD} bytes`);
}

/** For who takes responses without reading them. */
export function asItCame(frame: Frame): UntaggedResponse {
  const match = /^\* *(?:(\d{1,15}) +)?([^\s[({"]*)/.exec(frame.line);
  return {
    name: (match?.[2] ?? '').toUpperCase(),
    ...(match?.[1] === undefined ? {} : { number: Number(match[1]) }),
    text: frame.lines,
    literals: frame.literals.slice(),
  };
}

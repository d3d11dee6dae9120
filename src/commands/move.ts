import type { CopyResult, ResponseCode } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { Behaviour } from '../session/pipeline.ts';
import { isCode } from '../syntax/known-response-code.ts';
import type { StatusResponse } from '../syntax/response.ts';
import { messageMatcher } from '../wire/message-matcher.ts';
import { formatMessageSet, type MessageSet } from '../wire/sequence-set.ts';
import type { Writer } from '../wire/writer.ts';
import { CopiedUids, withCopied } from './copy.ts';
import { requireSet, setBehaviour } from './message-set.ts';

/** MOVE, UID MOVE (RFC 6851). Its COPYUID comes in an untagged OK before the EXPUNGEs (§4.3), or in the tagged one. */
export function move(set: MessageSet, target: string): Command<CopyResult> {
  const { uid, text } = formatMessageSet(set);
  return new Move(uid, text, target);
}

/** A class: see Store. */
class Move implements Command<CopyResult> {
  readonly name: string;
  readonly behaviour: Behaviour;
  // Made when COPYUID comes.
  private copied: CopiedUids | undefined = undefined;
  private matches: ((number: number) => boolean) | undefined = undefined;

  constructor(
    private readonly uid: boolean,
    private readonly text: string,
    private readonly target: string,
  ) {
    this.name = uid ? 'UID MOVE' : 'MOVE';
    // By UID a COPYUID tells which MOVE it answers.
    this.behaviour = uid ? setBehaviour(uid, text) : { ...setBehaviour(uid, text), alone: true };
  }

  get needs(): string {
    return 'MOVE';
  }

  get about(): string {
    return this.target;
  }

  write(writer: Writer): void {
    writer.space().raw(requireSet(this.text)).space().mailbox(this.target);
  }

  code(code: ResponseCode): boolean {
    if (!isCode(code, 'COPYUID')) return false;
    const [[first] = [0]] = code.source ?? [];
    this.matches ??= messageMatcher(this.text);
    if (this.uid && first !== 0 && !this.matches(first)) return false;
    this.copied ??= new CopiedUids();
    this.copied.add(code);
    return true;
  }

  finish({ code }: StatusResponse): CopyResult {
    const copied = this.copied ?? new CopiedUids();
    if (isCode(code, 'COPYUID')) copied.add(code);
    return copied.result();
  }

  /** It "might fail partway through the set" (RFC 6851 §3.3). */
  abandoned(error: unknown): void {
    withCopied(error, this.copied?.result());
  }
}

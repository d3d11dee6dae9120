import { readFileSync } from 'node:fs';
import type { SortAddress, SortableMessage, SortKey } from '../../../src/mime/sort.ts';
import type { ThreadAlgorithm, ThreadableMessage } from '../../../src/mime/thread.ts';

type Message = SortableMessage & ThreadableMessage;

/** What a real server made of these messages. */
export interface Vector {
  source: string;
  /** As the server wrote them. */
  threads: Record<ThreadAlgorithm, string>;
  sorts: Record<SortKey, number[]>;
  messages: Message[];
}

interface StoredMessage extends Omit<Message, 'date' | 'internalDate'> {
  date?: string;
  internalDate: string;
  from?: SortAddress[];
}

/** Recorded from a server by APPEND, SORT and THREAD: one mailbox a line. */
export function readVectors(): Vector[] {
  const file = new URL('../../vectors/mime/threads-and-sorts.jsonl', import.meta.url);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    // as: the file's own shape
    const stored = JSON.parse(line) as Omit<Vector, 'messages'> & { messages: StoredMessage[] };
    return { ...stored, messages: stored.messages.map(toMessage) };
  });
}

function toMessage(stored: StoredMessage): Message {
  const date = stored.date === undefined ? undefined : new Date(stored.date);
  return { ...stored, date, internalDate: new Date(stored.internalDate) };
}

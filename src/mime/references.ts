import { casemapKey } from './casemap.ts';
import { Forest } from './forest.ts';
import { parseMessageIds } from './message-id.ts';
import { compare, sentDate } from './sort.ts';
import { baseSubject } from './subject.ts';

/** What the algorithms look at; REFS does without `subject`, ORDEREDSUBJECT without the three that name messages. */
export interface ThreadableMessage {
  uid: number;
  /** The Date field. */
  date?: Date | undefined;
  internalDate?: Date | undefined;
  /** Decoded. */
  subject?: string | undefined;
  /** The Message-ID field, as it stands in the message or in ENVELOPE. */
  messageId?: string | undefined;
  /** The References field, as it stands in the message. */
  references?: string | undefined;
  /** The In-Reply-To field, as it stands in the message or in ENVELOPE. */
  inReplyTo?: string | undefined;
}

/** A message in the thread tree, or a dummy: one that others refer to and that is not there. */
export interface Entry {
  message?: ThreadableMessage;
  children: Entry[];
  /** Sent date and UID; a dummy's are those of its first child. */
  date: number;
  uid: number;
}

/** A Message ID, with the message that has it where there is one. */
interface Node {
  /** Its number in the forest. */
  index: number;
  message?: ThreadableMessage;
  parent?: Node | undefined;
  children: number;
}

/** A thread's place in the subject table (step 5). */
interface SubjectRow {
  entry: Entry;
  key: string;
  isReplyOrForward: boolean;
}

/**
 * RFC 5256 §3, REFERENCES; or REFS, which leaves the subjects out and sorts the threads by their latest message.
 * `messages` are in mailbox order.
 */
export function threadByReferences(messages: readonly ThreadableMessage[], algorithm: 'REFERENCES' | 'REFS'): Entry[] {
  const roots = prune(linkMessages(messages));
  if (algorithm === 'REFS') {
    sortSiblings(roots);
    return sortByLatest(roots);
  }
  sortDummies(roots);
  roots.sort(bySentDate);
  const merged = mergeSubjects(roots);
  sortSiblings(merged);
  return merged;
}

/** Step 1: parent and child links from References, else from In-Reply-To. A link that would close a loop is not made. */
function linkMessages(messages: readonly ThreadableMessage[]): Node[] {
  const forest = new Forest();
  const nodes: Node[] = [];
  const byId = new Map<string, Node>();
  const add = (): Node => {
    const node: Node = { index: forest.add(), children: 0 };
    nodes.push(node);
    return node;
  };
  const find = (id: string): Node => {
    let node = byId.get(id);
    if (!node) {
      node = add();
      byId.set(id, node);
    }
    return node;
  };
  const link = (parent: Node, child: Node): void => {
    // The child is a root: the link closes a loop where it is the parent's root too.
    if (parent === child || (child.children > 0 && forest.root(parent.index) === child.index)) return;
    forest.link(child.index, parent.index);
    child.parent = parent;
    parent.children++;
  };

  for (const message of messages) {
    let previous: Node | undefined;
    for (const id of referencesOf(message)) {
      const node = find(id);
      if (previous && !node.parent) link(previous, node);
      previous = node;
    }
    const id = parseMessageIds(message.messageId ?? '')[0];
    let node = id === undefined ? add() : find(id);
    // Of several messages with one Message ID the first has it.
    if (node.message) node = add();
    node.message = message;
    if (node.parent) {
      forest.cut(node.index);
      node.parent.children--;
      node.parent = undefined;
    }
    if (previous) link(previous, node);
  }
  return nodes;
}

function referencesOf({ references, inReplyTo }: ThreadableMessage): string[] {
  const ids = parseMessageIds(references ?? '');
  return ids.length > 0 ? ids : parseMessageIds(inReplyTo ?? '').slice(0, 1);
}

/**
 * Steps 2 and 3: the threads, with dummies replaced by their children. Only at the top a dummy stays, if it has more
 * children than one.
 */
function prune(nodes: readonly Node[]): Entry[] {
  const replies = new Map<Node, Node[]>();
  const waiting: { node: Node; under: Entry | undefined }[] = [];
  for (const node of nodes) {
    if (!node.parent) waiting.push({ node, under: undefined });
    else if (replies.has(node.parent)) replies.get(node.parent)?.push(node);
    else replies.set(node.parent, [node]);
  }
  const roots: Entry[] = [];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, under } = next;
    let entry = under;
    if (node.message || !under) {
      entry = toEntry(node.message);
      (under?.children ?? roots).push(entry);
    }
    for (const reply of replies.get(node) ?? []) waiting.push({ node: reply, under: entry });
  }
  return roots.flatMap((root) => (root.message || root.children.length > 1 ? [root] : root.children));
}

function toEntry(message: ThreadableMessage | undefined): Entry {
  const entry: Entry = { children: [], date: message ? sentDate(message) : 0, uid: message?.uid ?? 0 };
  if (message) entry.message = message;
  return entry;
}

/** Step 5: threads with the same base subject become one. `roots` are sorted by sent date (step 4). */
function mergeSubjects(roots: readonly Entry[]): Entry[] {
  const rows = roots.map(toRow);
  const table = fillSubjectTable(rows);
  const top = new Set(roots);
  for (const current of rows) {
    const other = table.get(current.key);
    if (!other || other.entry === current.entry) continue;
    top.delete(current.entry);
    if (!other.entry.message) {
      for (const child of current.entry.message ? [current.entry] : current.entry.children) {
        other.entry.children.push(child);
      }
    } else if (current.isReplyOrForward && !other.isReplyOrForward) {
      other.entry.children.push(current.entry);
    } else {
      const dummy = toEntry(undefined);
      dummy.children.push(other.entry, current.entry);
      top.delete(other.entry);
      top.add(dummy);
      table.set(current.key, { entry: dummy, key: current.key, isReplyOrForward: false });
    }
  }
  return [...top];
}

/** Step 5.B: one message for each base subject; a dummy, or else one that is no reply, goes before others. */
function fillSubjectTable(rows: readonly SubjectRow[]): Map<string, SubjectRow> {
  const table = new Map<string, SubjectRow>();
  for (const row of rows) {
    if (row.key === '') continue;
    const other = table.get(row.key);
    const better = !row.entry.message || (other?.isReplyOrForward && !row.isReplyOrForward);
    if (!other || (other.entry.message && better)) table.set(row.key, row);
  }
  return table;
}

function toRow(entry: Entry): SubjectRow {
  const message = entry.message ?? entry.children[0]?.message;
  const base = baseSubject(message?.subject ?? '');
  return { entry, key: casemapKey(base.text), isReplyOrForward: base.isReplyOrForward };
}

/** Step 6. */
function sortSiblings(roots: Entry[]): void {
  const waiting: Entry[] = [...roots];
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    entry.children.sort(bySentDate);
    for (const child of entry.children) waiting.push(child);
  }
  sortDummies(roots);
  roots.sort(bySentDate);
}

/** Step 4: a dummy counts as its first child. */
function sortDummies(roots: readonly Entry[]): void {
  for (const root of roots) {
    if (root.message) continue;
    root.children.sort(bySentDate);
    root.date = root.children[0]?.date ?? 0;
    root.uid = root.children[0]?.uid ?? 0;
  }
}

/**
 * The thread with the latest message is the last: by sent date, as Dovecot has it. (draft-ietf-morg-inthread §4 says
 * the internal date.)
 */
function sortByLatest(roots: Entry[]): Entry[] {
  const dates = new Map<Entry, number>();
  for (const root of roots) dates.set(root, latestDate(root));
  const latest = (entry: Entry): number => dates.get(entry) ?? 0;
  return roots.sort((a, b) => compare(latest(a), latest(b)) || a.uid - b.uid);
}

function latestDate(root: Entry): number {
  let latest = Number.NEGATIVE_INFINITY;
  const waiting: Entry[] = [root];
  for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
    latest = Math.max(latest, entry.date);
    for (const child of entry.children) waiting.push(child);
  }
  return latest;
}

/** By sent date, then in mailbox order (RFC 5256 §2.2). */
function bySentDate(a: Entry, b: Entry): number {
  return compare(a.date, b.date) || a.uid - b.uid;
}

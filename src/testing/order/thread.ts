import type { Message } from '../message.ts';
import { messageIds } from '../mime/message-ids.ts';
import { baseSubject } from './base-subject.ts';
import type { Collate } from './collation.ts';
import { sentDate } from './sent-date.ts';

/** A message in its thread; without a message one that is known only by its Message-ID. */
export interface ThreadNode {
  message: Message | undefined;
  parent: ThreadNode | undefined;
  children: ThreadNode[];
  /** The sent date; of a node without a message that of its first child. */
  date: number;
}

type Algorithm = (messages: readonly Message[], collate: Collate) => ThreadNode[];

/** thread-alg (RFC 5256, draft-ietf-morg-inthread): by the name that follows THREAD= in the capability. Messages come in mailbox order. */
export const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  ORDEREDSUBJECT: bySubject,
  REFERENCES: byReferences,
  REFS: byRefs,
};

function nodeOf(message?: Message): ThreadNode {
  return { message, parent: undefined, children: [], date: message ? sentDate(message) : 0 };
}

/** Mailbox order decides between equal dates: Array.prototype.sort is stable. */
function byDate(a: ThreadNode, b: ThreadNode): number {
  return a.date - b.date || (firstUid(a) ?? 0) - (firstUid(b) ?? 0);
}

function firstUid(node: ThreadNode): number | undefined {
  return (node.message ?? node.children[0]?.message)?.uid;
}

function subjectOf(node: ThreadNode, collate: Collate): { key: string; isReply: boolean } {
  const message = node.message ?? node.children[0]?.message;
  return baseSubject(message?.content.header.get('subject') ?? '', collate);
}

/** ORDEREDSUBJECT: one thread a base subject; the first sent has all others as its children. */
function bySubject(messages: readonly Message[], collate: Collate): ThreadNode[] {
  const roots = new Map<string, ThreadNode>();
  for (const node of messages.map(nodeOf).sort(byDate)) {
    const { key } = subjectOf(node, collate);
    const root = roots.get(key);
    if (root) root.children.push(node);
    else roots.set(key, node);
  }
  return [...roots.values()];
}

/** REFERENCES (RFC 5256 §3), its six steps. */
function byReferences(messages: readonly Message[], collate: Collate): ThreadNode[] {
  const roots = prune(linkByIds(messages).filter(({ parent }) => !parent)); // Steps 1 to 3
  dateRoots(roots); // Step 4
  const merged = mergeBySubject(roots, collate); // Step 5
  sortAll(merged); // Step 6
  return merged;
}

/** REFS (draft-ietf-morg-inthread §4): subjects count for nothing, and the thread with the latest message is the last. */
function byRefs(messages: readonly Message[]): ThreadNode[] {
  const roots = prune(linkByIds(messages).filter(({ parent }) => !parent));
  sortAll(roots);
  const latest = new Map(
    roots.map((root) => [root, allNodes([root]).reduce((date, node) => Math.max(date, node.date), root.date)]),
  );
  return roots.sort((a, b) => (latest.get(a) ?? 0) - (latest.get(b) ?? 0) || (firstUid(a) ?? 0) - (firstUid(b) ?? 0));
}

/** Step 1: a node for every Message-ID that is named anywhere, linked as the messages say. */
function linkByIds(messages: readonly Message[]): ThreadNode[] {
  const nodes: ThreadNode[] = [];
  const byId = new Map<string, ThreadNode>();
  const add = (message?: Message) => {
    const node = nodeOf(message);
    nodes.push(node);
    return node;
  };
  const named = (id: string) => {
    const known = byId.get(id);
    if (known) return known;
    const node = add();
    byId.set(id, node);
    return node;
  };
  // Of several messages with one ID the first has it; the others are known by no ID.
  const own = messages.map((message) => {
    const [id] = messageIds(message.content.header.get('message-id') ?? '');
    if (id === undefined || byId.has(id)) return add(message);
    const node = add(message);
    byId.set(id, node);
    return node;
  });
  for (const node of own) {
    let last: ThreadNode | undefined;
    for (const reference of references(node.message).map(named)) {
      // A link that is there stays.
      if (last && !reference.parent && !descendsFrom(last, reference)) link(last, reference);
      last = reference;
    }
    // What the message itself says of its parent counts more than what others do, even where it can not be.
    if (last === node.parent) continue;
    unlink(node);
    if (last && !descendsFrom(last, node)) link(last, node);
  }
  return nodes;
}

/** The IDs of References, else the first of In-Reply-To. */
function references(message: Message | undefined): string[] {
  const header = message?.content.header;
  const ids = messageIds(header?.get('references') ?? '');
  return ids.length > 0 ? ids : messageIds(header?.get('in-reply-to') ?? '').slice(0, 1);
}

function descendsFrom(node: ThreadNode, ancestor: ThreadNode): boolean {
  if (node === ancestor) return true;
  if (ancestor.children.length === 0) return false;
  for (let above = node.parent; above; above = above.parent) if (above === ancestor) return true;
  return false;
}

function link(parent: ThreadNode, child: ThreadNode): void {
  unlink(child);
  child.parent = parent;
  parent.children.push(child);
}

function unlink(child: ThreadNode): void {
  const siblings = child.parent?.children;
  if (!siblings) return;
  siblings.splice(siblings.indexOf(child), 1);
  child.parent = undefined;
}

/**
 * Step 3: nodes without a message go, their children take their place; but at the root only where there is one child. From
 * the leaves up, so that what is promoted has been pruned.
 */
function prune(roots: ThreadNode[]): ThreadNode[] {
  for (const node of allNodes(roots).reverse()) node.children = node.children.flatMap(kept);
  return roots.flatMap((root) => (root.message || root.children.length > 1 ? [root] : root.children));
}

function kept(node: ThreadNode): ThreadNode[] {
  return node.message ? [node] : node.children;
}

/** Parents before their children. Threads may be too deep for recursion. */
function allNodes(roots: readonly ThreadNode[]): ThreadNode[] {
  const nodes = [...roots];
  for (const node of nodes) for (const child of node.children) nodes.push(child);
  return nodes;
}

/** Step 4: nodes without a message have the date of their first child; then the roots are in order. */
function dateRoots(roots: ThreadNode[]): void {
  for (const root of roots) if (!root.message) takeDate(root);
  roots.sort(byDate);
}

function takeDate(node: ThreadNode): void {
  node.children.sort(byDate);
  node.date = node.children[0]?.date ?? 0;
}

/** Step 5: threads with one base subject become one. */
function mergeBySubject(roots: readonly ThreadNode[], collate: Collate): ThreadNode[] {
  const subjects = new Map(roots.map((root) => [root, subjectOf(root, collate)]));
  const table = new Map<string, ThreadNode>();
  for (const [root, { key, isReply }] of subjects) {
    const listed = table.get(key);
    const better = listed?.message && (!root.message || (subjects.get(listed)?.isReply && !isReply));
    if (key !== '' && (!listed || better)) table.set(key, root);
  }
  const merged = new Set(roots);
  for (const [root, { key, isReply }] of subjects) {
    const listed = table.get(key);
    if (!listed || listed === root) continue;
    merged.delete(root);
    if (!listed.message) for (const child of kept(root)) listed.children.push(child);
    else if (isReply && !subjects.get(listed)?.isReply) listed.children.push(root);
    else {
      const joint = nodeOf();
      joint.children.push(listed, root);
      subjects.set(joint, { key, isReply: false });
      merged.delete(listed);
      merged.add(joint);
      table.set(key, joint);
    }
  }
  return [...merged];
}

/** Step 6: siblings in order, from the leaves up, for a node without a message has the date of its first child. */
function sortAll(roots: ThreadNode[]): void {
  for (const node of allNodes(roots).reverse()) {
    if (!node.message) takeDate(node);
    else node.children.sort(byDate);
  }
  roots.sort(byDate);
}

/**
 * thread-list = "(" (thread-members / thread-nested) ")" with thread-members = nz-number *(SP nz-number) [SP thread-nested]
 * and thread-nested = 2*thread-list (RFC 5256 §5)
 */
export function drawThreads(roots: readonly ThreadNode[], numberOf: (message: Message) => number): string {
  let text = '';
  const waiting: (ThreadNode | ')')[] = [...roots].reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next === ')') {
      text += ')';
      continue;
    }
    text += '(';
    let node = next;
    const chain: number[] = [];
    if (node.message) chain.push(numberOf(node.message));
    for (let [only, second] = node.children; only?.message && !second; [only, second] = node.children) {
      node = only;
      chain.push(numberOf(only.message));
    }
    text += chain.join(' ');
    waiting.push(')');
    if (node.children.length > 0) {
      if (chain.length > 0) text += ' ';
      for (const child of node.children.toReversed()) waiting.push(child);
    }
  }
  return text;
}

/** The real servers as the descriptions of operations see them: where they are, and what of them is out of the ordinary. */
import type { Bulk, Facts } from './operations/facts.ts';
import type { Target } from './operations/target.ts';
import type { RealServer, ServerName } from './start/real-server.ts';

const SLOW: Bulk = { corpus: 40, mailbox: 200, set: 400, message: 500_000, many: 50, order: 40 };

type Known = Facts & Pick<Target, 'explains'>;

const FACTS: Record<ServerName, Known> = {
  dovecot: { explains: (command) => !['SELECT', 'EXAMINE', 'STATUS'].includes(command) },
  cyrus: {
    explains: () => false,
    // Its `goodchars` leave out " % ( ) / : ; \ { } and more.
    refusesName: (name) => /["%(){};\\]/.test(name),
    answersSilent: true,
    recentVaries: true,
    previewsNothing: true,
    blursNothing: true,
    lastFieldCounts: true,
    sortsByFolding: true,
  },
  courier: {
    explains: () => false,
    // `A1 NO Error in IMAP command received by server.`: two characters beyond the BMP, one next to the other.
    refusesName: (name) => /[\ud800-\udfff]{4}/.test(name),
    deletesSlowly: true,
    bulk: { ...SLOW, message: 5_000_000 },
    mixesNoAndBad: true,
    renamesNothing: true,
    losesGroups: 'names',
    spoilsNestedEnd: true,
    leavesHaveParts: true,
    sortsRoughly: true,
  },
  mailutils: {
    explains: () => false,
    spoilsName: (name) => /\\$|^ | $|"|\+\}$/.test(name),
    bulk: SLOW,
    mixesNoAndBad: true,
    hidesId: true,
    uidValidityMoves: true,
    noKeywords: true,
    dropsFlags: true,
    datesByHeader: true,
    tellsNothing: true,
    losesGroups: 'all',
    unfoldsWide: true,
    nestsWhole: true,
    leavesHaveParts: true,
  },
};

/** `user` counts from 1. */
export function targetOf({ name, host, port, separator, prefix, user }: RealServer): Target {
  const options: Target['options'] = (n = 1) => ({ host, port, security: 'none', auth: user(n) });
  return { name, options, separator, prefix, ...FACTS[name] };
}

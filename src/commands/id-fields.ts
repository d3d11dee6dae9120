import { naming, shown, UsageError } from '../errors.ts';
import { isRecord } from '../syntax/argument.ts';
import { requireText } from '../wire/text.ts';

/** What a client may tell of itself (RFC 2971 §3.3): fields, and octets of a name and of a value. */
const MOST_SENT = 30;
const LONGEST_NAME = 30;
const LONGEST_VALUE = 1024;

/**
 * Throws UsageError for what no client may send: Dovecot ends the connection at a value that is too long. Apart: settings are
 * looked at before there is a connection.
 */
export function requireIdFields(fields: unknown): void {
  if (!isRecord(fields)) throw new UsageError('the fields are an object');
  const entries = Object.entries(fields);
  const names = new Set(entries.map(([name]) => name.toLowerCase()));
  if (entries.length > MOST_SENT) throw new UsageError(`more than ${MOST_SENT} fields`);
  if (names.size < entries.length) throw new UsageError('a field is named twice');
  for (const [name, value] of entries) {
    if (Buffer.byteLength(requireText(name)) > LONGEST_NAME)
      throw new UsageError(`the name of a field has more than ${LONGEST_NAME} bytes: ${shown(name)}`);
    if (Buffer.byteLength(naming(name, () => requireText(value))) > LONGEST_VALUE)
      throw new UsageError(`${name}: the value has more than ${LONGEST_VALUE} bytes`);
  }
}

import { rfc3501 } from './rfc3501.ts';
import { rfc4315 } from './rfc4315.ts';
import { rfc4466 } from './rfc4466.ts';
import { rfc4731 } from './rfc4731.ts';
import { rfc5256 } from './rfc5256.ts';
import { rfc5258 } from './rfc5258.ts';
import { rfc5464 } from './rfc5464.ts';
import { rfc5465 } from './rfc5465.ts';
import { rfc7162 } from './rfc7162.ts';
import { rfc9051 } from './rfc9051.ts';
import { rfc9051Selected } from './rfc9051-selected.ts';
import { rfc9208 } from './rfc9208.ts';
import { rfc9394 } from './rfc9394.ts';
import type { ClientLines } from './row.ts';

/** By the RFC's number. */
export const clientLines: Record<string, ClientLines> = {
  3501: rfc3501,
  4315: rfc4315,
  4466: rfc4466,
  4731: rfc4731,
  5256: rfc5256,
  5258: rfc5258,
  5464: rfc5464,
  5465: rfc5465,
  7162: rfc7162,
  9051: joined(rfc9051, rfc9051Selected),
  9208: rfc9208,
  9394: rfc9394,
};

function joined(...parts: ClientLines[]): Required<ClientLines> {
  return { rows: parts.flatMap(({ rows }) => rows), unsent: parts.flatMap(({ unsent = [] }) => unsent) };
}

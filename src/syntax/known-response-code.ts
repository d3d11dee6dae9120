import type { ResponseCode } from '../errors.ts';
import type { Rows } from './response-code.ts';

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** A response code of this name, with the fields that it can have. */
export type KnownResponseCode<N extends keyof Rows> = ResponseCode & Defined<ReturnType<Rows[N]>>;

/** Tells that this is the response code of that name, and so which fields it can have. */
export function isCode<N extends keyof Rows>(code: ResponseCode | undefined, name: N): code is KnownResponseCode<N> {
  return code?.name === name;
}

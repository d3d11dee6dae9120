import { describe, expect, it } from 'vitest';
import { ConnectionState } from '../../../src/session/state.ts';

describe('ConnectionState', () => {
  it('writes UTF-8 once that is enabled', () => {
    for (const name of ['UTF8=ACCEPT', 'IMAP4REV2']) {
      const state = new ConnectionState();
      expect(state.utf8).toBe(false);
      state.enable(['CONDSTORE', name]);
      expect(state.utf8).toBe(true);
    }
  });
});

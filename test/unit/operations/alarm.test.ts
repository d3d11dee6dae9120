import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alarm } from '../../../src/operations/alarm.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Sleepers by name, and who was woken when. */
function bedroom(milliseconds: number) {
  const alarm = new Alarm(milliseconds);
  const began = performance.now();
  const woken: [string, number][] = [];
  const sleeper = (name: string, then = () => {}) => ({
    wake: () => {
      woken.push([name, performance.now() - began]);
      then();
    },
  });
  return { alarm, woken, sleeper };
}

describe('an alarm', () => {
  it('wakes each after its time, with one timer for all', () => {
    const { alarm, woken, sleeper } = bedroom(1000);
    for (const name of ['a', 'b', 'c']) {
      alarm.set(sleeper(name));
      vi.advanceTimersByTime(300);
    }
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(woken).toEqual([
      ['a', 1000],
      ['b', 1300],
      ['c', 1600],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that is cleared wakes nobody, and that is set anew later', () => {
    const { alarm, woken, sleeper } = bedroom(1000);
    const [cleared, again, other] = [sleeper('cleared'), sleeper('again'), sleeper('other')];
    for (const one of [cleared, again, other]) alarm.set(one);
    vi.advanceTimersByTime(500);
    alarm.clear(cleared);
    alarm.clear(cleared);
    alarm.set(again);
    vi.advanceTimersByTime(10_000);
    expect(woken).toEqual([
      ['other', 1000],
      ['again', 1500],
    ]);
  });

  it('leaves no timer behind when all are cleared', () => {
    const { alarm, sleeper } = bedroom(1000);
    const [one, two] = [sleeper('one'), sleeper('two')];
    alarm.set(one);
    alarm.set(two);
    alarm.clear(one);
    expect(vi.getTimerCount()).toBe(1);
    alarm.clear(two);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('may be set or cleared by who is woken', () => {
    const { alarm, woken, sleeper } = bedroom(1000);
    const second = sleeper('second');
    const first = sleeper('first', () => {
      alarm.clear(second);
      if (woken.length < 3) alarm.set(first);
    });
    alarm.set(first);
    alarm.set(second);
    vi.advanceTimersByTime(10_000);
    expect(woken).toEqual([
      ['first', 1000],
      ['first', 2000],
      ['first', 3000],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { Listeners } from '../../../src/session/events.ts';
import { turn } from './dialogue.ts';

describe('Listeners', () => {
  it('are told in order until they are removed', () => {
    const listeners = new Listeners<{ a: number; b: string }>();
    const told: string[] = [];
    const listener = (value: number) => told.push(`same ${value}`);
    const removers = [
      listeners.on('a', listener),
      listeners.on('a', listener),
      listeners.on('a', (value) => told.push(`other ${value}`)),
    ];
    expect([listeners.has('a'), listeners.has('b')]).toEqual([true, false]);
    listeners.emit('a', 1);
    listeners.emit('b', 'nobody');
    removers[0]?.();
    removers[0]?.();
    listeners.emit('a', 2);
    removers[1]?.();
    removers[2]?.();
    listeners.emit('a', 3);
    expect(told).toEqual(['same 1', 'same 1', 'other 1', 'same 2', 'other 2']);
    expect(listeners.has('a')).toBe(false);
  });

  it('may be objects, with a method for each event that concerns them', () => {
    class Counter {
      #told = 0;
      a(value: number): void {
        this.#told += value;
      }
      get told(): number {
        return this.#told;
      }
    }
    const listeners = new Listeners<{ a: number; b: string }>();
    const counter = new Counter();
    listeners.add(counter);
    expect([listeners.has('a'), listeners.has('b')]).toEqual([true, false]);
    listeners.emit('a', 3);
    listeners.emit('b', 'nobody');
    listeners.remove(counter);
    listeners.remove(counter);
    listeners.emit('a', 4);
    expect(counter.told).toBe(3);
    expect(listeners.has('a')).toBe(false);
  });

  it('may come and go while they are told', () => {
    const listeners = new Listeners<{ a: number }>();
    const told: string[] = [];
    const remove = listeners.on('a', () => {
      told.push('first');
      remove();
      listeners.on('a', () => told.push('late'));
    });
    listeners.on('a', () => told.push('second'));
    listeners.emit('a', 1);
    expect(told).toEqual(['first', 'second']);
    listeners.emit('a', 2);
    expect(told).toEqual(['first', 'second', 'second', 'late']);
  });

  it('that throw are reported, and keep nothing from the others', async () => {
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const thrown: unknown[] = [];
    process.on('uncaughtException', (error) => thrown.push(error));
    try {
      const listeners = new Listeners<{ a: number }>();
      const error = new Error('mistake');
      let told = 0;
      listeners.on('a', () => {
        throw error;
      });
      listeners.on('a', (value) => {
        told = value;
      });
      listeners.emit('a', 5);
      expect(told).toBe(5);
      await turn();
      expect(thrown).toEqual([error]);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of before) process.on('uncaughtException', listener);
    }
  });

  it('come and go in linear time, and in whatever order', () => {
    const listeners = new Listeners<{ a: number }>();
    let told = 0;
    const removers = Array.from({ length: 300_000 }, () => listeners.on('a', () => told++));
    for (const remove of removers.splice(1000, 298_000).reverse()) remove();
    listeners.emit('a', 1);
    for (const remove of removers) remove();
    listeners.emit('a', 1);
    expect(told).toBe(2000);
    expect(listeners.has('a')).toBe(false);
  });

  it('may all go while they are told of events within events', () => {
    const listeners = new Listeners<{ a: number; b: number }>();
    const told: string[] = [];
    const removers = ['x', 'y', 'z'].map((name) =>
      listeners.on('a', (value) => {
        told.push(`${name}${value}`);
        if (value === 0) listeners.emit('b', 1);
      }),
    );
    listeners.on('b', () => {
      for (const remove of removers) remove();
      listeners.emit('a', 1);
    });
    listeners.emit('a', 0);
    expect(told).toEqual(['x0', 'y0', 'z0']);
  });
});

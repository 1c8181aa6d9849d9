import { describe, expect, it } from 'vitest';
import { interleave, pick } from '../../bench/measures/interleave.ts';

describe('Measuring in turns', () => {
  it('gives everybody a turn in each round and begins each with another one', async () => {
    const order: string[] = [];
    const found = await interleave({ a: 1, b: 2, c: 3 }, 3, async (value, name) => {
      order.push(name);
      return value;
    });
    expect(order.join('')).toBe('abcbcacab');
    expect(found).toEqual({ rounds: { a: [1, 1, 1], b: [2, 2, 2], c: [3, 3, 3] }, absent: {} });
    expect(pick(found, (value) => value * 10)).toEqual({ a: [10, 10, 10], b: [20, 20, 20], c: [30, 30, 30] });
  });

  it('leaves out what fails, with all its rounds and its reason, and goes on with the rest', async () => {
    let turns = 0;
    const found = await interleave({ good: 0, bad: 1 }, 3, async (value) => {
      if (value === 1) {
        turns += 1;
        if (turns === 2) throw new Error('it fell over');
      }
      return value;
    });
    expect(found).toEqual({ rounds: { good: [0, 0, 0] }, absent: { bad: 'it fell over' } });
    expect(turns).toBe(2);
  });
});

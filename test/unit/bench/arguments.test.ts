import { describe, expect, it } from 'vitest';
import { readArguments } from '../../bench/arguments.ts';

describe('Arguments of the bench', () => {
  it('measure only what is named', () => {
    const { parts, json, quick } = readArguments(['--only', 'events', '--json', '--only', 'gateway']);
    expect([...parts]).toEqual(['events', 'gateway']);
    expect({ json, quick }).toEqual({ json: true, quick: false });
  });

  it('measure the rest where nothing is named', () => {
    const { parts } = readArguments(['--quick']);
    for (const part of ['call', 'load', 'events', 'large', 'listening', 'crowd', 'stdio', 'memory', 'sign-in'] as const)
      expect(parts).toContain(part);
  });

  it('are refused where they are not known', () => {
    expect(() => readArguments(['--only', 'nothing'])).toThrow('There is no part "nothing".');
    expect(() => readArguments(['--fast'])).toThrow();
  });
});

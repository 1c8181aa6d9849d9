import { PRODUCT } from '../../shared/product.ts';
import type { Log } from '../journal/log.ts';

/** Versions that are told of; a machine has seen fewer updates than this since the agent's start. */
const TOLD_LIMIT = 50;

const NUMBERS = /^(\d+)\.(\d+)\.(\d+)/;

/** Whether one product version is older than another; pre-releases of one version count as the same. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => NUMBERS.exec(text)?.slice(1).map(Number) ?? [0, 0, 0]);
  const difference = left?.map((number, index) => number - (right?.[index] ?? 0)).find((number) => number !== 0) ?? 0;
  return difference < 0;
}

/**
 * Tells the log of programs that are older than this agent, each version once: shims outlive updates. Takes a product
 * version, empty for programs from before these were told.
 */
export function createOlderPrograms(log: Log, ours: string = PRODUCT.version): (productVersion: string) => void {
  const told = new Set<string>();
  return (version) => {
    if (!(version === '' || isOlder(version, ours)) || told.has(version) || told.size === TOLD_LIMIT) return;
    told.add(version);
    log.info('older-program', { version: version || 'unknown', agent: ours });
  };
}

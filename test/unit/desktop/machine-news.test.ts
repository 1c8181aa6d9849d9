import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import {
  isPowerNews,
  judgeNetwork,
  type NetworkKnown,
  type NetworkSight,
  networkSight,
} from '../../../main/desktop/machine-news.ts';
import type { NetworkEvent } from '../../../shared/local-api.ts';

const OFFLINE: NetworkSight = { online: false, place: '' };
const HOME: NetworkSight = { online: true, place: '192.168.1.7' };
const OFFICE: NetworkSight = { online: true, place: '10.0.0.7' };
const OFFICE_TOO: NetworkSight = { online: true, place: '10.0.0.7 2001:db8::7' };

/** What a series of looks reports, in order. */
function reports(sights: readonly NetworkSight[]): NetworkEvent[] {
  let known: NetworkKnown | undefined;
  return sights.flatMap((sight) => {
    const judged = judgeNetwork(known, sight);
    known = judged.known;
    return judged.report ?? [];
  });
}

describe('what the agent is told of the network', () => {
  const [back, gone] = [{ online: true }, { online: false }];
  const table: readonly [string, readonly NetworkSight[], readonly NetworkEvent[]][] = [
    ['nothing of what is found at first', [HOME, HOME, HOME], []],
    ['that there is one at last', [OFFLINE, OFFLINE, HOME, HOME], [back]],
    ['nothing after one look at another place', [HOME, HOME, OFFICE], []],
    ['gone and back', [HOME, HOME, OFFLINE, OFFLINE, HOME, HOME], [gone, back]],
    ['no gap of one look', [HOME, HOME, OFFLINE, HOME, HOME], []],
    ['another place', [HOME, HOME, OFFICE, OFFICE], [back]],
    [
      'another place once, though its addresses arrive one by one',
      [HOME, HOME, OFFICE, OFFICE_TOO, OFFICE_TOO],
      [back],
    ],
    ['nothing of what never settles', [HOME, OFFICE, HOME, OFFICE, OFFLINE], []],
  ];
  test.each(table)('%s', (_name, sights, expected) => {
    expect(reports(sights)).toEqual(expected);
  });
});

const address = (text: string, internal = false) => ({ address: text, internal }) as NetworkInterfaceInfo;

describe('where the machine is', () => {
  test.each([
    ['loopback alone is no place', true, { lo: [address('127.0.0.1', true), address('::1', true)] }, ''],
    ['addresses of the link alone are none', true, { veth1: [address('fe80::1')], usb0: [address('169.254.3.4')] }, ''],
    [
      'the order of interfaces does not matter',
      true,
      { b: [address('10.0.0.2')], a: [address('10.0.0.1')] },
      '10.0.0.1 10.0.0.2',
    ],
    ['without a network there is no place', false, { eth0: [address('10.0.0.1')] }, ''],
    ['an interface may be empty', true, { eth0: undefined }, ''],
    ['unique local addresses lead somewhere', true, { eth0: [address('fd00::1')] }, 'fd00::1'],
  ])('%s', (_name, online, interfaces, place) => {
    expect(networkSight(online, interfaces)).toEqual({ online, place });
  });
});

describe('power', () => {
  const resumed = { event: 'resume', at: 1_000 } as const;
  test.each([
    ['the first event is news', undefined, { event: 'resume', at: 0 }, true],
    ['unlocking right after waking is not', resumed, { event: 'resume', at: 5_999 }, false],
    ['unlocking later is', resumed, { event: 'resume', at: 6_000 }, true],
    ['going to sleep again is, at once', resumed, { event: 'suspend', at: 1_000 }, true],
    ['waking is, at once', { event: 'suspend', at: 1_000 }, { event: 'resume', at: 1_001 }, true],
  ] as const)('%s', (_name, known, news, expected) => {
    expect(isPowerNews(known, news)).toBe(expected);
  });
});

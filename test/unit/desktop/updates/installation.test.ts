import { expect, test } from 'vitest';
import { type Installation, type NotOurs, whyNotOurs } from '../../../../main/desktop/updates/installation.ts';

const FEED = 'provider: generic\nurl: https://updates.example.com/lanyard\nupdaterCacheDirName: lanyard-updater\n';
const SIGNED = `${FEED}publisherName:\n  - Example Company\n`;

const appImage: Installation = {
  platform: 'linux',
  feed: FEED,
  appImage: '/home/ada/Lanyard.AppImage',
  program: '/tmp/.mount_Lanyar1/lanyard-desktop',
  programFolders: [],
  isWritable: true,
};
const mac: Installation = {
  ...appImage,
  platform: 'darwin',
  appImage: undefined,
  program: '/Applications/Lanyard.app/Contents/MacOS/Lanyard',
};
const windows: Installation = {
  ...mac,
  platform: 'win32',
  feed: SIGNED,
  program: 'C:\\Users\\ada\\AppData\\Local\\Programs\\Lanyard\\Lanyard.exe',
  programFolders: ['C:\\Program Files', 'C:\\Program Files (x86)'],
};

const table: readonly [string, Installation, NotOurs | undefined][] = [
  ['an AppImage of the person', appImage, undefined],
  ['an AppImage in a folder of root', { ...appImage, isWritable: false }, 'system-wide'],
  ['a package or an unpacked folder on Linux', { ...appImage, appImage: undefined }, 'system-wide'],
  ['a build without a feed', { ...appImage, feed: undefined }, 'no-feed'],
  ['a feed over http', { ...appImage, feed: FEED.replace('https', 'http') }, 'unsafe-feed'],
  [
    'a feed on loopback',
    { ...appImage, feed: FEED.replace('https://updates.example.com', 'http://127.0.0.1:4000') },
    undefined,
  ],
  ['a feed without an address', { ...appImage, feed: 'provider: generic\n' }, 'unsafe-feed'],
  ['a feed with a quoted address', { ...appImage, feed: "url: 'https://updates.example.com'\n" }, undefined],
  ['an app that the person dragged to their Mac', mac, undefined],
  ['an app that a package put on a Mac', { ...mac, isWritable: false }, 'system-wide'],
  ['Windows, for one person', windows, undefined],
  [
    'Windows, for one person, publisher in one line',
    { ...windows, feed: `${FEED}publisherName: Example Company\n` },
    undefined,
  ],
  ['Windows, without the publisher', { ...windows, feed: FEED }, 'unsigned'],
  ['Windows, with an empty publisher', { ...windows, feed: `${FEED}publisherName:\n` }, 'unsigned'],
  ['Windows, for everybody', { ...windows, program: 'C:\\Program Files\\Lanyard\\Lanyard.exe' }, 'system-wide'],
  ['Windows, in other letters', { ...windows, program: 'c:\\PROGRAM FILES\\Lanyard\\Lanyard.exe' }, 'system-wide'],
  [
    'Windows, a folder that only begins so',
    { ...windows, program: 'C:\\Program Files of Ada\\Lanyard.exe' },
    undefined,
  ],
];

test.each(table)('%s', (_, installation, expected) => {
  expect(whyNotOurs(installation)).toBe(expected);
});

import { expect, test } from 'vitest';
import { readFpmOptions } from '../../../../build/installers/fpm-options.ts';

/** As electron-builder calls fpm. */
const GIVEN = [
  ...['-s', 'dir', '--force', '-t', 'deb', '-d', 'libnss3', '-d', 'a | b', '--deb-recommends', 'c'],
  ...['--deb-compression', 'xz', '--architecture', 'amd64', '--after-install', '/tmp/in', '--after-remove', '/tmp/out'],
  ...['--description', 'One line\n More of it', '--version', '1.2.3', '--package', '/tmp/x.deb', '--name', 'lanyard'],
  ...['--maintainer', 'Us <us@example.com>', '--vendor', 'Us', '--url', 'https://example.com', '--category', 'net'],
  ...['--deb-priority', 'optional', '--license', 'Apache-2.0', '--before-remove=/tmp/before', '/tmp/app/=/opt/Lanyard'],
];

test('what electron-builder says is understood', () => {
  expect(readFpmOptions(GIVEN)).toEqual({
    kind: 'deb',
    name: 'lanyard',
    version: '1.2.3',
    iteration: '1',
    architecture: 'amd64',
    description: 'One line\n More of it',
    summary: undefined,
    maintainer: 'Us <us@example.com>',
    vendor: 'Us',
    url: 'https://example.com',
    license: 'Apache-2.0',
    category: 'net',
    priority: 'optional',
    depends: ['libnss3', 'a | b'],
    recommends: ['c'],
    afterInstall: '/tmp/in',
    beforeRemove: '/tmp/before',
    afterRemove: '/tmp/out',
    compressionLevel: 6,
    package: '/tmp/x.deb',
    contents: [{ from: '/tmp/app/', to: '/opt/Lanyard' }],
  });
});

test.each([
  ['an unknown option', ['--deb-systemd', 'x'], '"--deb-systemd" is no option'],
  ['an option given twice', ['--name', 'other'], '"--name" is given twice'],
  ['an option without its value', ['--iteration'], '"--iteration" needs a value'],
  ['a level that is none', ['--deb-compression-level', '10'], '"10" is no compression level'],
  ['a content without a place', ['/tmp/file'], '"/tmp/file" is no content'],
  ['a content with a relative place', ['/tmp/file=opt'], 'is no content'],
])('%s is an error that names it', (_what, more, message) => {
  expect(() => readFpmOptions([...GIVEN, ...more])).toThrow(message);
});

test.each([
  ['deb', 'pacman', 'expected deb or rpm'],
  ['dir', 'gem', '"--input-type gem" cannot be done'],
  ['xz', 'bzip2', '"--deb-compression bzip2" cannot be done'],
  ['lanyard', '', '"--name" is missing'],
])('%s in place of which %s is asked for is refused', (usual, other, message) => {
  expect(() => readFpmOptions(GIVEN.map((argument) => (argument === usual ? other : argument)))).toThrow(message);
});

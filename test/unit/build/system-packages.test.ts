import { expect, test } from 'vitest';
import { chooseNames, missingPackages, parseCandidates, parseInstalled } from '../../../build/system-packages.ts';

const NEEDED = [['libgtk-3-0', 'libgtk-3-0t64'], ['libnss3'], ['xvfb']];

/** As Ubuntu 24.04 says it: the old name is only provided by another package, so it has no candidate. */
const NOBLE = `libgtk-3-0:
  Installed: (none)
  Candidate: (none)
  Version table:
libgtk-3-0t64:
  Installed: (none)
  Candidate: 3.24.41-4ubuntu1.3
  Version table:
     3.24.41-4ubuntu1.3 500
        500 http://archive.ubuntu.com/ubuntu noble-updates/main amd64 Packages
xvfb:
  Installed: (none)
  Candidate: 2:21.1.12-1ubuntu1
  Version table:
`;

test('a package that dpkg only remembers is not installed', () => {
  const output = 'installed libnss3\nconfig-files xvfb\nnot-installed libgtk-3-0\ndpkg-query: no packages found\n';
  expect(parseInstalled(output)).toEqual(new Set(['libnss3']));
});

test('either name of a renamed library will do', () => {
  expect(missingPackages(NEEDED, new Set(['libgtk-3-0t64', 'xvfb']))).toEqual([['libnss3']]);
  expect(missingPackages(NEEDED, new Set(['libgtk-3-0', 'libnss3', 'xvfb']))).toEqual([]);
});

test('the name that the release has is chosen', () => {
  const candidates = parseCandidates(NOBLE);
  expect(candidates).toEqual(new Set(['libgtk-3-0t64', 'xvfb']));
  expect(chooseNames([['libgtk-3-0', 'libgtk-3-0t64'], ['xvfb']], candidates)).toEqual(['libgtk-3-0t64', 'xvfb']);
});

test('a package that the release does not have is named', () => {
  expect(() => chooseNames(NEEDED, parseCandidates(NOBLE))).toThrow('no package libnss3');
});

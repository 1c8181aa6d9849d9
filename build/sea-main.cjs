// The first and only script of the single executable: finds the bundle's parts among the executable's assets.
// Inside a single executable `require` knows Node's own modules only, and `import()` does not work.
'use strict';
const { getRawAsset } = require('node:sea');
const { createRequire, isBuiltin } = require('node:module');
const { posix } = require('node:path');
const { compileFunction } = require('node:vm');

const ENTRY = 'lanyard.cjs';
const loaded = new Map();
let fromDisk;

function load(name) {
  const known = loaded.get(name);
  if (known) return known.exports;
  const part = { exports: {} };
  loaded.set(name, part);
  // The bundler writes ASCII only, so this is exact, and quicker than decoding UTF-8.
  const code = Buffer.from(getRawAsset(name)).latin1Slice();
  const run = compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: name });
  // As in Node's own single executables, every part is "in" the executable's folder.
  run(part.exports, requireFrom(name), part, process.execPath, posix.dirname(process.execPath));
  return part.exports;
}

function requireFrom(name) {
  return (request) => {
    if (request.startsWith('./') || request.startsWith('../')) return load(posix.join(posix.dirname(name), request));
    if (isBuiltin(request)) return require(request);
    // Native add-ons lie beside the executable.
    fromDisk ??= createRequire(process.execPath);
    return fromDisk(request);
  };
}

module.exports = load(ENTRY);

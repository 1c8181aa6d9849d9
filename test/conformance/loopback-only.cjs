// Loaded before the conformance suite: its mock servers would listen on every interface of the machine.
const { Server } = require('node:net');

// Where Node binds the address; `null` means every interface. Passing a host to `listen` instead would make binding
// asynchronous, and the suite reads its port at once.
const bind = Server.prototype._listen2;

Server.prototype._listen2 = function bindToLoopback(address, port, addressType, ...rest) {
  const everywhere = address === null && typeof port === 'number' && port >= 0;
  return everywhere
    ? bind.call(this, '127.0.0.1', port, 4, ...rest)
    : bind.call(this, address, port, addressType, ...rest);
};

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { until } from '../../integration/until.ts';
import { decodeMessage, encodeMessage, KIND, type Message } from './message.ts';

/** A method call to somebody on the bus. */
export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/** What a call to us is answered with. */
export interface Answer {
  readonly signature: string;
  readonly body: readonly unknown[];
}

/** A connection to the session bus. */
export interface Bus {
  /** Calls a method; throws with the error's name and text. */
  call(call: Call): Promise<readonly unknown[]>;
  /** Sends a signal to everybody who listens. */
  signal(path: string, interfaceName: string, member: string, answer: Answer): void;
  close(): void;
}

const DO_NOT_QUEUE = 4;
const NAME_OWNER = 1;

const BUS = { destination: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' };

/** Path of the socket out of an address such as `unix:path=/tmp/dbus-x,guid=…`; abstract names begin with NUL. */
function socketOfAddress(address: string): string {
  const [, kind, path] = /^unix:(path|abstract)=([^,;]+)/.exec(address) ?? [];
  if (!kind || !path) throw new Error(`Not the address of a bus on this machine: ${address}`);
  return kind === 'abstract' ? `\0${path}` : decodeURIComponent(path);
}

async function authenticate(socket: Socket): Promise<void> {
  const user = Buffer.from(String(process.getuid?.())).toString('hex');
  socket.write(`\0AUTH EXTERNAL ${user}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (!answer.toString().startsWith('OK ')) throw new Error(`The bus refused us: ${answer}`);
  socket.write('BEGIN\r\n');
}

/**
 * Connects to the session bus. Calls from others go to `serve`; what it does not know (`undefined`) is answered
 * with an error.
 */
export async function openBus(serve: (message: Message) => Answer | undefined): Promise<Bus> {
  const socket = connect(socketOfAddress(process.env.DBUS_SESSION_BUS_ADDRESS ?? ''));
  await once(socket, 'connect');
  await authenticate(socket);
  const waiting = new Map<number, PromiseWithResolvers<readonly unknown[]>>();
  let serial = 0;
  const send = (message: Omit<Message, 'serial'>) => {
    serial += 1;
    socket.write(encodeMessage({ ...message, serial }));
    return serial;
  };

  const onMessage = (message: Message) => {
    if (message.kind === KIND.call) {
      const answer = serve(message);
      const common = { destination: message.sender ?? '', answerTo: message.serial };
      if (answer) return send({ ...common, kind: KIND.answer, ...answer });
      const errorName = 'org.freedesktop.DBus.Error.UnknownMethod';
      return send({ ...common, kind: KIND.error, errorName, body: [] });
    }
    const asked = message.answerTo === undefined ? undefined : waiting.get(message.answerTo);
    if (message.kind === KIND.answer) asked?.resolve(message.body);
    if (message.kind === KIND.error) asked?.reject(new Error(`${message.errorName}: ${message.body[0] ?? ''}`));
    return undefined;
  };
  let received = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    for (let next = decodeMessage(received); next; next = decodeMessage(received)) {
      received = received.subarray(next.size);
      onMessage(next.message);
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The bus is gone'));
  });

  const call = ({ body = [], ...target }: Call) => {
    const asked = Promise.withResolvers<readonly unknown[]>();
    waiting.set(send({ kind: KIND.call, ...target, body }), asked);
    return asked.promise;
  };
  await call({ ...BUS, member: 'Hello' });
  return {
    call,
    signal: (path, interfaceName, member, answer) =>
      void send({ kind: KIND.signal, path, interface: interfaceName, member, ...answer }),
    close: () => socket.destroy(),
  };
}

/** Takes a well-known name on the bus; whoever had it in the test before may not be quite gone. */
export async function ownName(bus: Bus, name: string): Promise<void> {
  const request = { ...BUS, member: 'RequestName', signature: 'su', body: [name, DO_NOT_QUEUE] };
  await until(async () => (await bus.call(request))[0] === NAME_OWNER);
}

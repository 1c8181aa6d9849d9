import { LanyardError, problemOf } from '../../shared/errors.ts';
import type { PolicyServer } from '../../shared/policy.ts';
import type { Flow, Forward } from '../egress/forward.ts';
import type { Keeper } from '../grant/keeper.ts';

/** Where calls for one server go, and whose token they carry. */
export interface ServerAccess {
  readonly server: PolicyServer;
  readonly keeper: Keeper;
  readonly forward: Forward;
}

/** One request for a server, without its token. */
export interface ServerRequest {
  readonly method: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** A stream cannot be sent twice, so it is not replayed after a 401. */
  readonly body: Buffer | NodeJS.ReadableStream | null;
}

/** Hears of the answer: `onHead`, `onData`…, `onEnd`; or `onFault` at any time. Nothing after an end. */
export interface AnswerListener {
  onHead(status: number, statusText: string, headers: readonly (string | Buffer)[]): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onFault(error: LanyardError): void;
}

/** A request under way. */
export interface ServerCall {
  pause(): void;
  resume(): void;
  /** Ends it on our side; the listener hears nothing more. */
  abort(): void;
}

function refusesToken(server: PolicyServer): LanyardError {
  return new LanyardError({
    code: 'server-refuses-token',
    user: `${server.title} does not accept your access. Lanyard tries again later; if it stays, tell your administrator.`,
    administrator: `${server.title} answered 401 to a fresh access token of its own authorization server (${server.url}).`,
    // Time alone rarely mends this, and each try costs a mint: looked at again as slowly as any fault of the set-up.
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

// A client would follow, with its local key and this message: to another server of the company, or off the machine.
function redirects(server: PolicyServer): LanyardError {
  return new LanyardError({
    code: 'server-redirects',
    user: `${server.title} sent this call elsewhere, which Lanyard does not follow. Tell your administrator.`,
    administrator: `${server.title} answered with a redirect. The policy must name the address where it really is (now ${server.url}).`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

function notReplayed(server: PolicyServer): LanyardError {
  return new LanyardError({
    code: 'not-replayed',
    user: `Your access to ${server.title} had to be renewed, and this message was too large to be sent again by itself. Send it once more.`,
    administrator: `${server.title} answered 401; a request body that streams is not replayed.`,
    recovery: { kind: 'retry', afterMs: 0 },
  });
}

function signedOut(): LanyardError {
  return new LanyardError({
    code: 'call-ended',
    user: 'The person who was signed in is not any more, so this call was ended. Try again.',
    administrator: 'The call was ended because its person signed out or somebody else signed in.',
    recovery: { kind: 'blocked', reason: 'signed-out' },
  });
}

/** Where a server's calls go, in the parts that a request is made of. */
interface Address {
  readonly origin: string;
  readonly path: string;
}

// Every call of a server goes to the same address, and reading a URL anew would be a twentieth of our work on a call.
const addresses = new WeakMap<PolicyServer, Address>();

function addressOf(server: PolicyServer): Address {
  const known = addresses.get(server);
  if (known) return known;
  const { origin, pathname, search } = new URL(server.url);
  const address = { origin, path: `${pathname}${search}` };
  addresses.set(server, address);
  return address;
}

const asFault = (error: unknown) => (error instanceof LanyardError ? error : new LanyardError(problemOf(error)));

/**
 * Sends a request with the grant's token. After a 401 the token is dropped, one is minted and the request replayed
 * once: nothing was answered yet, so that is safe. Every other answer goes to the listener as it is.
 */
export function callServer(
  { server, keeper, forward }: ServerAccess,
  request: ServerRequest,
  listener: AnswerListener,
): ServerCall {
  const { origin, path } = addressOf(server);
  let flow: Flow | undefined;
  let over = false;
  let release = () => {};
  const finish = (tell: () => void) => {
    if (over) return;
    over = true;
    release();
    tell();
  };

  const attempt = async (isReplay: boolean): Promise<void> => {
    const token = await keeper.token();
    if (over) return;
    // Signed out, or somebody else signed in: what was opened as this person must not go on for hours.
    release();
    release = keeper.onReset(() => {
      finish(() => listener.onFault(signedOut()));
      flow?.abort();
    });
    let replaced = false;
    forward(
      {
        origin,
        path,
        method: request.method,
        headers: [...request.headers, 'authorization', `Bearer ${token.accessToken}`],
        body: request.body,
      },
      {
        onStart: (started) => {
          flow = started;
          if (over) started.abort();
        },
        onHead: (status, statusText, headers) => {
          if (over) return;
          if (status >= 300 && status < 400 && status !== 304) {
            finish(() => listener.onFault(redirects(server)));
            flow?.abort();
            return;
          }
          if (status !== 401) {
            keeper.accepted(token.accessToken);
            listener.onHead(status, statusText, headers);
            return;
          }
          keeper.refused(token.accessToken, refusesToken(server));
          replaced = true;
          const replayable = request.body === null || Buffer.isBuffer(request.body);
          // What is left of this answer is nobody's; one without an end would hold its connection for ever.
          flow?.abort();
          if (isReplay || !replayable)
            finish(() => listener.onFault(isReplay ? refusesToken(server) : notReplayed(server)));
          else void run(true);
        },
        onData: (chunk) => {
          if (!over && !replaced) listener.onData(chunk);
        },
        onEnd: () => {
          if (!replaced) finish(() => listener.onEnd());
        },
        onFault: (error) => {
          if (!replaced) finish(() => listener.onFault(asFault(error)));
        },
      },
    );
  };
  const run = (isReplay: boolean) =>
    attempt(isReplay).catch((error: unknown) => finish(() => listener.onFault(asFault(error))));

  void run(false);
  return {
    pause: () => flow?.pause(),
    resume: () => flow?.resume(),
    abort: () => {
      finish(() => {});
      flow?.abort();
    },
  };
}

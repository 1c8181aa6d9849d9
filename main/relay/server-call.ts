import { faultOf, LanyardError } from '../../shared/errors.ts';
import type { PolicyServer } from '../../shared/policy.ts';
import { wasNeverSent } from '../egress/faults.ts';
import type { Flow, Forward } from '../egress/forward.ts';
import type { Keeper, Purpose } from '../grant/keeper.ts';
import { serverFault } from '../grant/server-challenge.ts';
import { headerOf } from './headers.ts';
import { type Judgement, judgeAnswer } from './judge-answer.ts';
import { addressOf } from './server-address.ts';
import { callEnded, notReplayed, redirects } from './server-faults.ts';
import type { ServerTraits } from './server-traits.ts';

/** Gives the proofs that tokens bound to our key need (RFC 9449); see the identity room's `Dpop`. */
export interface Prover {
  proof(request: { readonly method: string; readonly url: string; readonly accessToken: string }): Promise<string>;
  /** Remembers the nonce that an answer brought. */
  learnNonce(url: string, nonce: string): void;
}

/** Where calls for one server go, and whose token they carry. */
export interface ServerAccess {
  readonly server: PolicyServer;
  readonly keeper: Keeper;
  readonly forward: Forward;
  readonly dpop: Prover;
  readonly traits: ServerTraits;
}

/** One request for a server, without its token. */
export interface ServerRequest {
  readonly method: string;
  /** Decides whether a token is minted for it. */
  readonly purpose: Purpose;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** A stream cannot be sent twice, so it is not replayed. */
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

type Token = Awaited<ReturnType<Keeper['token']>>;
type Demand = Exclude<Judgement, { readonly kind: 'pass' }>;
/** What a request may be sent again for. */
type Reason = 'refuse' | 'nonce' | 'widen';

/** One call is sent at most so many times after the first, each time for another reason. */
const REPLAY_LIMIT = 2;

const NO_REASONS: readonly Reason[] = [];

/**
 * Sends a request with the grant's token, and a proof where the token is bound to our key. What the answer's head asks
 * of us is done, and the request replayed: nothing was answered yet, so that is safe. Every other answer goes to the
 * listener as it is.
 */
export function callServer(
  { server, keeper, forward, dpop }: ServerAccess,
  request: ServerRequest,
  listener: AnswerListener,
): ServerCall {
  const { origin, path } = addressOf(server);
  const { method, purpose, body } = request;
  let flow: Flow | undefined;
  let replays = NO_REASONS;
  let over = false;
  let release = () => {};
  const finish = (tell: () => void) => {
    if (over) return;
    over = true;
    release();
    tell();
  };
  const fail = (error: unknown) => finish(() => listener.onFault(faultOf(error)));

  const replay = (reason: Reason, token?: Token): void => {
    const isHeld = body === null || Buffer.isBuffer(body);
    if (isHeld && replays.length < REPLAY_LIMIT) {
      replays = [...replays, reason];
      attempt(token).catch(fail);
    } else fail(notReplayed(server));
  };

  // Each of these ends the call or sends it again; the answer they are about is nobody's.
  const meet = async (demand: Demand, token: Token): Promise<void> => {
    switch (demand.kind) {
      case 'redirect':
        return fail(redirects(server));
      case 'fail':
        return fail(serverFault(server, demand.refusal));
      case 'refuse': {
        const error = serverFault(server, demand.refusal);
        keeper.refused(token.accessToken, error);
        return replays.includes('refuse') ? fail(error) : replay('refuse');
      }
      case 'nonce':
        return replays.includes('nonce') ? fail(serverFault(server, demand.refusal)) : replay('nonce', token);
      case 'widen':
        keeper.accepted(token.accessToken);
        if (replays.includes('widen')) return fail(serverFault(server, demand.refusal));
        return replay('widen', await keeper.widen(demand.scopes));
      case 'step-up': {
        const error = serverFault(server, demand.refusal);
        // Nobody is asked to sign in again for a stream that nobody waits for.
        if (purpose === 'call') keeper.stepUpAsked(demand.stepUp, error);
        return fail(error);
      }
    }
  };

  // Nothing was sent, so it may be sent again as long as the network may still be coming up.
  const unreached = async (error: Error, token: Token): Promise<void> => {
    const isHeld = body === null || Buffer.isBuffer(body);
    const mayRepeat = isHeld && error instanceof LanyardError && wasNeverSent(error);
    if (!mayRepeat || !(await keeper.networkMayCome())) return fail(error);
    return over ? undefined : attempt(token);
  };

  const attempt = async (given = keeper.tokenAtOnce(purpose)): Promise<void> => {
    const token = given ?? (await keeper.token(purpose));
    if (over) return;
    // Signed out, or somebody else signed in: what was opened as this person must not go on for hours.
    release();
    release = keeper.onReset(() => {
      fail(callEnded());
      flow?.abort();
    });
    const { accessToken, tokenType } = token;
    const headers = [...request.headers, 'authorization', `${tokenType} ${accessToken}`];
    if (tokenType === 'DPoP') {
      headers.push('dpop', await dpop.proof({ method, url: server.url, accessToken }));
      if (over) return;
    }
    let answerIsOurs = false;
    forward(
      { origin, path, method, headers, body },
      {
        onStart: (started) => {
          flow = started;
          if (over) started.abort();
        },
        onHead: (status, statusText, answered) => {
          if (over) return;
          if (tokenType === 'DPoP') {
            const nonce = headerOf(answered, 'dpop-nonce');
            if (nonce !== undefined) dpop.learnNonce(server.url, nonce);
          }
          const judgement = judgeAnswer(status, answered, tokenType);
          // What keeps a connection up is no use of a tool: it is worth no mint of its own.
          if (judgement.kind === 'pass' || (judgement.kind === 'widen' && purpose !== 'call')) {
            if (status < 500 && status !== 429) keeper.accepted(accessToken);
            listener.onHead(status, statusText, answered);
            return;
          }
          answerIsOurs = true;
          // What is left of this answer is nobody's; one without an end would hold its connection for ever.
          flow?.abort();
          meet(judgement, token).catch(fail);
        },
        onData: (chunk) => {
          if (!over && !answerIsOurs) listener.onData(chunk);
        },
        onEnd: () => {
          if (!answerIsOurs) finish(() => listener.onEnd());
        },
        onFault: (error) => {
          if (!answerIsOurs && !over) unreached(error, token).catch(fail);
        },
      },
    );
  };

  attempt().catch(fail);
  return {
    pause: () => flow?.pause(),
    resume: () => flow?.resume(),
    abort: () => {
      finish(() => {});
      flow?.abort();
    },
  };
}

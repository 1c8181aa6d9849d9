import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** One request that the agent of this process has sent. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Once the answer has begun. */
  status: number | undefined;
}

interface Told {
  readonly request: {
    readonly origin: string;
    readonly method: string;
    readonly path: string;
    readonly headers: readonly string[];
  };
  readonly response?: { readonly statusCode: number };
}

/** Writes down every request that leaves the agent of this process, as its HTTP client reports it. */
export function watchEgress() {
  const sent = new Map<Told['request'], SentRequest>();
  const onCreate = (message: unknown) => {
    const { request } = message as Told;
    const { origin, method, path } = request;
    const pairs: [string, string][] = [];
    for (let index = 0; index < request.headers.length; index += 2)
      pairs.push([String(request.headers[index]).toLowerCase(), String(request.headers[index + 1])]);
    sent.set(request, { method, url: `${origin}${path}`, headers: Object.fromEntries(pairs), status: undefined });
  };
  const onHeaders = (message: unknown) => {
    const { request, response } = message as Told;
    const known = sent.get(request);
    if (known) known.status = response?.statusCode;
  };
  subscribe('undici:request:create', onCreate);
  subscribe('undici:request:headers', onHeaders);
  return {
    get sent(): readonly SentRequest[] {
      return [...sent.values()];
    },
    end: () => {
      unsubscribe('undici:request:create', onCreate);
      unsubscribe('undici:request:headers', onHeaders);
    },
  };
}

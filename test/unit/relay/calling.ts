import { callServer, type ServerAccess, type ServerRequest } from '../../../main/relay/server-call.ts';
import type { LanyardError } from '../../../shared/errors.ts';
import { type SeenRequest, until } from '../fixtures.ts';

/** A request whose body is held, as nearly all are. */
export const POST: ServerRequest = {
  method: 'POST',
  purpose: 'call',
  headers: ['X-One', '1'],
  body: Buffer.from('{"id":1}'),
};

/** A call, and what its listener hears. */
export function calling(access: ServerAccess, request: ServerRequest = POST) {
  const heard = { events: [] as string[], fault: undefined as LanyardError | undefined };
  const call = callServer(access, request, {
    onHead: (status) => heard.events.push(`head ${status}`),
    onData: (chunk) => heard.events.push(`data ${chunk.toString()}`),
    onEnd: () => heard.events.push('end'),
    onFault: (error) => {
      heard.fault = error;
      heard.events.push('fault');
    },
  });
  const over = () => until(() => heard.events.some((event) => event === 'end' || event === 'fault'));
  return { heard, call, over };
}

/** A whole call: what its listener heard. */
export async function called(access: ServerAccess, request?: ServerRequest) {
  const { heard, over } = calling(access, request);
  await over();
  return heard;
}

/** The tokens that a server was shown. */
export const tokensOf = (seen: readonly SeenRequest[]) => seen.map(({ headers }) => headers.authorization);

import { z } from 'zod';
import { LanyardError } from '../../shared/errors.ts';
import { answerFault, foreignText } from '../egress/faults.ts';
import type { Fetch } from '../egress/fetch.ts';

/** Code of the error for a web page or the like where metadata was due. */
const NOT_METADATA = 'metadata-not-json';

/** Longest identifier that is taken, in characters. */
const LONGEST_IDENTIFIER = 2048;

/**
 * What metadata may name somebody by. Identifiers go on byte for byte, also to terminals, so what cannot be shown cannot
 * be taken.
 */
export const identifierSchema: z.ZodType<string> = z
  .string()
  .max(LONGEST_IDENTIFIER)
  .regex(/^\P{Cc}*$/u, 'control characters have no place here');

/** The same where it has to be a URL. */
export const urlIdentifierSchema: z.ZodType<string> = identifierSchema.pipe(z.url());

/** Asks for one metadata document. Any answer comes back as it is; only the network throws. */
export function requestMetadata(url: URL, fetch: Fetch, signal?: AbortSignal): Promise<Response> {
  return fetch(url.href, { headers: { accept: 'application/json' }, signal });
}

/**
 * The first document among places where it may lie. A place that answers something else than JSON is passed over, as
 * web sites that show their start page for every address do; but where no place has the document, that answer counts,
 * since an outage and a guest network's sign-in page look just the same.
 *
 * @throws {LanyardError} what `read` throws; `metadata-not-json` only in the end.
 */
export async function firstDocument<T>(
  places: readonly URL[],
  read: (place: URL) => Promise<T | undefined>,
): Promise<T | undefined> {
  let unusable: LanyardError | undefined;
  for (const place of places) {
    try {
      const found = await read(place);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof LanyardError) || error.code !== NOT_METADATA) throw error;
      unusable ??= error;
    }
  }
  if (unusable) throw unusable;
  return undefined;
}

/** The administrator has to act: what `url` serves is not usable, and why. */
export function metadataProblem(url: URL, detail: string, cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'metadata-invalid',
    user: `${url.host} is not set up for Lanyard yet. Your administrator has to finish it.`,
    administrator: `${url.href}: ${foreignText(detail)}.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
    cause,
  });
}

// A guest network, or a filter that wants a sign-in of its own, speaks in web pages.
function isForbiddenByPage({ status, headers }: Response): boolean {
  const isPage = headers.get('content-type')?.toLowerCase().startsWith('text/html') ?? false;
  return isPage && (status === 401 || status === 403);
}

function notMetadata(url: URL, response: Response, now: number, cause?: unknown): LanyardError {
  const { user, administrator, recovery } = answerFault(url.host, response, now);
  return new LanyardError({ code: NOT_METADATA, user, administrator, recovery: recovery ?? { kind: 'retry' }, cause });
}

/**
 * Reads a metadata document, or `undefined` where there is none (any 4xx but 429: servers answer 404, 401 or 403
 * for well-known paths they do not have).
 *
 * @throws {LanyardError} `answer-unusable` (try later) for 5xx and 429; `metadata-not-json` (try later) for a 200 that
 * is not JSON, and for a web page that forbids; `metadata-invalid` for JSON that does not have the required form.
 */
export async function processMetadata<T>(
  url: URL,
  schema: z.ZodType<T>,
  response: Response,
  now: number,
): Promise<T | undefined> {
  if (isForbiddenByPage(response)) throw notMetadata(url, response, now);
  if (response.status >= 400 && response.status < 500 && response.status !== 429) return undefined;
  if (response.status !== 200) throw answerFault(url.host, response, now);
  let document: unknown;
  try {
    document = await response.json();
  } catch (cause) {
    throw notMetadata(url, response, now, cause);
  }
  const result = schema.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw metadataProblem(
    url,
    `${issue?.path.join('.') || 'document'} is not as expected: ${issue?.message}`,
    result.error,
  );
}

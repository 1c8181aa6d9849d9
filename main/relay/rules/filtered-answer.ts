import { faultOf } from '../../../shared/errors.ts';
import type { ToolRules } from '../../../shared/tool-rules.ts';
import { headerOf, headersOf } from '../headers.ts';
import type { AnswerListener } from '../server-call.ts';
import { type AnswerFilter, createAnswerFilter } from './answer-filter.ts';

/** Headers that speak of a body as it was before tools were taken out of it (RFC 9530 among them). */
const OF_THE_WHOLE: ReadonlySet<string> = new Set([
  'content-length',
  'content-digest',
  'repr-digest',
  'digest',
  'etag',
]);

/** Headers of a request by which a server could answer in a form that cannot be filtered (RFC 9110 sections 12.5.3, 14.2). */
const OF_FORM: ReadonlySet<string> = new Set(['accept-encoding', 'range']);

function without(names: ReadonlySet<string>, headers: readonly (string | Buffer)[]): (string | Buffer)[] {
  return headers.filter((_part, index) => !names.has(String(headers[index - (index % 2)]).toLowerCase()));
}

/** Headers of a request to a server that has rules, which ask for an answer that is neither compressed nor partial. */
export function askForPlain(headers: readonly string[]): string[] {
  return [...(without(OF_FORM, headers) as string[]), 'accept-encoding', 'identity'];
}

/** Hides tools from whoever listens. `abort` ends the call, where an answer cannot be filtered. */
export function filterAnswer(listener: AnswerListener, rules: ToolRules, abort: () => void): AnswerListener {
  let filter: AnswerFilter | undefined;
  let over = false;
  const attempt = (work: () => void) => {
    if (over) return;
    try {
      work();
    } catch (error) {
      over = true;
      listener.onFault(faultOf(error));
      abort();
    }
  };
  return {
    onHead: (status, statusText, headers) =>
      attempt(() => {
        // Several are read differently by different clients: whichever one says "tools" counts.
        const contentType = headersOf(headers, 'content-type').join(', ') || undefined;
        filter = createAnswerFilter({ contentType, contentEncoding: headerOf(headers, 'content-encoding') }, rules);
        listener.onHead(status, statusText, without(OF_THE_WHOLE, headers));
      }),
    onData: (chunk) =>
      attempt(() => {
        for (const part of filter?.push(chunk) ?? []) listener.onData(part);
      }),
    onEnd: () =>
      attempt(() => {
        for (const part of filter?.end() ?? []) listener.onData(part);
        over = true;
        listener.onEnd();
      }),
    onFault: (error) => {
      if (over) return;
      over = true;
      listener.onFault(error);
    },
  };
}

import { type CallRecord, describeMessage } from '../../journal/calls.ts';
import type { RelayedServer } from '../relayed-server.ts';
import { judgeBodyAsking } from '../rules/judge-asking.ts';

/** What is noted of a line that the rules do not let pass. */
export interface LineRulesContext {
  readonly client: string;
  readonly record: (call: CallRecord) => void;
}

/** Gives what a line gets instead, where the tool rules do not let it pass; `undefined` where they do. */
export type LineRules = (line: string) => Promise<string | undefined> | undefined;

/** The rules of a server, for the lines of one client. Every line that they stop is recorded. */
export function createLineRules(
  { access, rules, tools }: Pick<RelayedServer, 'access' | 'rules' | 'tools'>,
  { client, record }: LineRulesContext,
): LineRules {
  if (!rules) return () => undefined;
  const { name, title } = access.server;
  const context = { rules, title, toolOf: tools.of, refreshTools: tools.refresh };
  return async (line) => {
    const startedAt = performance.now();
    const verdict = await judgeBodyAsking(line, {}, context);
    if (verdict.kind === 'pass') return undefined;
    const body = Buffer.from(line);
    record({
      client,
      server: name,
      transport: 'stdio',
      verb: 'POST',
      ...describeMessage(body),
      status: verdict.status,
      durationMs: performance.now() - startedAt,
      requestBytes: body.length,
      responseBytes: Buffer.byteLength(verdict.response),
      ...(verdict.kind === 'refused' && { refused: verdict.reason }),
    });
    return verdict.response;
  };
}

import { type ConnectionPlan, connectionPlanSchema } from '../../shared/app-views.ts';
import type { ClientKind, Transport } from '../../shared/client-kinds.ts';
import { callLocal } from '../../shared/local-client.ts';
import type { CliContext } from './context.ts';

/** Options of `lanyard client add`. */
export interface AddOptions {
  readonly transport?: Transport;
  readonly server?: readonly string[];
  readonly gateway?: boolean;
  readonly found?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

/** What of the options goes into a request. */
export function choiceOf({ transport, server: servers, gateway }: AddOptions): object {
  return { ...(transport && { transport }), ...(servers && { servers }), ...(gateway !== undefined && { gateway }) };
}

/** A plan in words, with the text that would be written. */
export function describePlan({ file, exists, text, backup }: ConnectionPlan): string {
  const into = exists ? `Would add to ${file}:` : `Would make ${file}:`;
  const kept = backup === undefined ? '' : `The file as it is now would be kept in ${backup}.\n`;
  return `${into}\n\n${text.trimEnd()}\n\n${kept}`;
}

/**
 * What connecting an app would write. Nothing is written.
 *
 * @throws {LanyardError} what connecting it would throw as things are now.
 */
export function planApp({ paths }: CliContext, kind: ClientKind, options: AddOptions): Promise<ConnectionPlan> {
  const path = `/apps/${kind}/plan`;
  return callLocal(paths, { method: 'POST', path, body: choiceOf(options), answer: connectionPlanSchema });
}

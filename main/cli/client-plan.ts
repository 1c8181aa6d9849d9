import { type ConnectionPlan, connectionPlanSchema } from '../../shared/app-views.ts';
import type { ClientKind, Transport } from '../../shared/client-kinds.ts';
import { callLocal } from '../../shared/local-client.ts';
import { plainJson } from '../../shared/plain-text.ts';
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

function describePlan({ file, exists, text, backup }: ConnectionPlan): string {
  const into = exists ? `Would add to ${file}:` : `Would make ${file}:`;
  const kept = backup === undefined ? '' : `The file as it is now would be kept in ${backup}.\n`;
  return `${into}\n\n${text.trimEnd()}\n\n${kept}`;
}

/** `lanyard client add --dry-run`: prints what connecting these apps would write. Nothing is written. */
export async function planApps(
  { paths, out }: CliContext,
  kinds: readonly ClientKind[],
  options: AddOptions,
): Promise<void> {
  const plans: ConnectionPlan[] = [];
  for (const kind of kinds) {
    const path = `/apps/${kind}/plan`;
    plans.push(await callLocal(paths, { method: 'POST', path, body: choiceOf(options), answer: connectionPlanSchema }));
  }
  if (options.json) return out(`${plainJson(plans, 2)}\n`);
  out(plans.length > 0 ? plans.map(describePlan).join('') : 'There is no app to connect.\n');
}

import { APP_KINDS, type AppKind } from '../../../shared/client-kinds.ts';
import { CLAUDE_APPS } from './claude.ts';
import type { AppDefinition } from './definition.ts';
import { EDITOR_APPS } from './editors.ts';
import { TERMINAL_APPS } from './terminal.ts';

const byKind: ReadonlyMap<string, AppDefinition> = new Map(
  [...CLAUDE_APPS, ...EDITOR_APPS, ...TERMINAL_APPS].map((definition) => [definition.kind, definition]),
);

/** What is known of a kind of client; `undefined` for entries that people paste. */
export function appOf(kind: string): AppDefinition | undefined {
  return byKind.get(kind);
}

function definitionOf(kind: AppKind): AppDefinition {
  const definition = byKind.get(kind);
  if (!definition) throw new Error(`The table has no app ${kind}`);
  return definition;
}

/** All apps whose files we know, in the order of {@link APP_KINDS}. */
export const APPS: readonly AppDefinition[] = APP_KINDS.map(definitionOf);

import type { ServerCapabilities } from '@modelcontextprotocol/server';
import type { AuthenticationMethod } from './authentication.ts';
import { registerExtraTools } from './tools/extra.ts';
import { registerNotesTools } from './tools/notes.ts';
import { registerPayrollTools } from './tools/payroll.ts';
import { registerTicketsTools } from './tools/tickets.ts';
import type { RegisterTools } from './tools/toolbox.ts';
import { createWorkshop, WORKSHOP_CAPABILITIES, WORKSHOP_INSTRUCTIONS } from './workshop/workshop.ts';

/** What a server is before it has an address. */
export interface ServerDefinition {
  readonly name: string;
  readonly title: string;
  /** The scopes that the policy asks for. */
  readonly scopes: readonly string[];
  /** Every scope that exists at the server. */
  readonly allScopes: readonly string[];
  /** The scopes that each group has; `everybody` is a group that all people are in. */
  readonly scopesByGroup: Readonly<Record<string, readonly string[]>>;
  /** How Lanyard authenticates at the server's authorization server, unless an option says otherwise. */
  readonly authentication: AuthenticationMethod;
  readonly registerTools: RegisterTools;
  /** Besides changing tools, which every server has. */
  readonly capabilities?: ServerCapabilities;
  readonly instructions?: string;
}

/** The group that everybody is in. */
export const EVERYBODY = 'everybody';

const NOTES: ServerDefinition = {
  name: 'notes',
  title: 'Notes',
  scopes: ['notes:read', 'notes:write'],
  allScopes: ['notes:read', 'notes:write'],
  scopesByGroup: { engineering: ['notes:read', 'notes:write'], finance: ['notes:read', 'notes:write'] },
  authentication: 'client_secret_basic',
  registerTools: registerNotesTools,
};

const TICKETS: ServerDefinition = {
  name: 'tickets',
  title: 'Tickets',
  scopes: ['tickets:read', 'tickets:write'],
  allScopes: ['tickets:read', 'tickets:write', 'tickets:close'],
  scopesByGroup: {
    engineering: ['tickets:read', 'tickets:write'],
    support: ['tickets:read', 'tickets:write', 'tickets:close'],
  },
  authentication: 'private_key_jwt',
  registerTools: registerTicketsTools,
};

const PAYROLL: ServerDefinition = {
  name: 'payroll',
  title: 'Payroll',
  scopes: ['payroll:read'],
  allScopes: ['payroll:read'],
  scopesByGroup: { finance: ['payroll:read'] },
  authentication: 'client_secret_post',
  registerTools: registerPayrollTools,
};

/** The three servers, as many plain ones as asked for, and the workshop if wanted. */
export function defineServers(extraServers: number, hasWorkshop = false): readonly ServerDefinition[] {
  const extra = Array.from({ length: extraServers }, (_, index) => extraServer(index + 1));
  return [NOTES, TICKETS, PAYROLL, ...extra, ...(hasWorkshop ? [workshop()] : [])];
}

/** The scopes that these groups have at a server; none means no access. */
export function scopesOf(definition: ServerDefinition, groups: readonly string[]): readonly string[] {
  const held = new Set([...groups, EVERYBODY].flatMap((group) => definition.scopesByGroup[group] ?? []));
  return definition.allScopes.filter((scope) => held.has(scope));
}

function workshop(): ServerDefinition {
  const scopes = ['workshop:use'];
  return {
    name: 'workshop',
    title: 'Workshop',
    scopes,
    allScopes: scopes,
    scopesByGroup: { [EVERYBODY]: scopes },
    authentication: 'client_secret_basic',
    registerTools: createWorkshop(),
    capabilities: WORKSHOP_CAPABILITIES,
    instructions: WORKSHOP_INSTRUCTIONS,
  };
}

function extraServer(number: number): ServerDefinition {
  const name = `extra-${number}`;
  const scopes = [`${name}:use`];
  return {
    name,
    title: `Extra ${number}`,
    scopes,
    allScopes: scopes,
    scopesByGroup: { [EVERYBODY]: scopes },
    authentication: 'client_secret_basic',
    registerTools: registerExtraTools,
  };
}

import type { Loss } from './compare.ts';
import type { PathName } from './paths.ts';

/** Checks of one scenario that a path cannot help losing, all for one reason. */
export interface NamedLosses {
  readonly scenario: string;
  readonly checks: readonly string[];
  /** How many successes each of them must keep; none when absent. */
  readonly keeps?: number;
  readonly why: string;
}

const WEB_PAGES: NamedLosses = {
  scenario: 'dns-rebinding-protection',
  checks: ['localhost-host-rebinding-rejected'],
  why: 'a process has no Host and no Origin, and no web page reaches it',
};

const RESUMPTION: NamedLosses = {
  scenario: 'server-sse-polling',
  checks: ['server-sse-priming-event', 'server-sse-retry-field', 'server-sse-disconnect-resume'],
  why: 'lines have no event ids: a pipe that breaks is not opened again',
};

const NO_ENVELOPE: NamedLosses = {
  scenario: 'server-stateless',
  checks: [
    'sep-2575-request-meta-invalid-missing-meta',
    'sep-2575-request-meta-invalid-missing-protocol-version',
    'sep-2575-http-server-meta-invalid-400',
  ],
  why: 'a line that names no revision is one of the legacy era; the header that says otherwise does not cross, nor does a status',
};

const HEADER_AGAINST_BODY: NamedLosses = {
  scenario: 'server-stateless',
  checks: ['sep-2575-http-server-header-mismatch-400'],
  why: 'lines have no headers that could differ from the message',
};

const STANDARD_HEADERS: NamedLosses = {
  scenario: 'http-header-validation',
  checks: ['sep-2243-server-reject-invalid-headers', 'sep-2243-server-reject-error-code'],
  why: HEADER_AGAINST_BODY.why,
};

const TASK_HEADERS: NamedLosses = {
  scenario: 'tasks-request-headers',
  checks: ['tasks-headers-reject-mismatched-method', 'sep-2663-server-rejects-mismatched-mcp-name-on-tasks-get'],
  why: HEADER_AGAINST_BODY.why,
};

const CUSTOM_HEADERS: readonly NamedLosses[] = [
  {
    scenario: 'http-custom-header-server-validation',
    checks: ['sep-2243-server-reject-invalid-param-chars', 'sep-2243-server-reject-param-mismatch'],
    why: HEADER_AGAINST_BODY.why,
  },
  {
    scenario: 'http-custom-header-server-validation',
    checks: ['sep-2243-server-validate-param-match'],
    // Two literal values that must arrive; the third time the header is left out, which nobody can do on stdio.
    keeps: 2,
    why: HEADER_AGAINST_BODY.why,
  },
];

const CLOSED_STREAM: NamedLosses = {
  scenario: 'server-sse-polling',
  checks: ['server-sse-disconnect-resume'],
  why: 'the stream is our own, so a server that closes one closes that between us and it',
};

/** What nobody can translate for a server of the legacy era. */
const TO_LEGACY: readonly NamedLosses[] = [
  {
    scenario: 'server-stateless',
    checks: ['sep-2575-server-rejects-undeclared-capability', 'sep-2575-missing-capability-http-400'],
    why: 'this server learns that the client cannot be asked when it asks, and says so in its result',
  },
  {
    scenario: 'input-required-result-capability-check',
    checks: ['sep-2322-respect-client-capabilities'],
    why: 'the tool reads the capabilities of each request, which its era does not have',
  },
  {
    scenario: 'input-required-result-basic-elicitation',
    checks: ['sep-2322-elicitation-incomplete', 'sep-2322-elicitation-complete'],
    why: 'the suite wants the key user_name, and requests of this era have no keys',
  },
  {
    scenario: 'input-required-result-ignore-extra-params',
    checks: ['sep-2322-ignore-unexpected-params'],
    why: 'the suite answers under the key user_name before it was asked, and requests of this era have no keys',
  },
];

const STDIO: readonly NamedLosses[] = [
  WEB_PAGES,
  RESUMPTION,
  NO_ENVELOPE,
  HEADER_AGAINST_BODY,
  STANDARD_HEADERS,
  TASK_HEADERS,
  ...CUSTOM_HEADERS,
];

/** What each path may lose. The HTTP relay may lose nothing. */
const NAMED_LOSSES: Readonly<Record<PathName, readonly NamedLosses[]>> = {
  http: [],
  stdio: STDIO,
  gateway: [CLOSED_STREAM],
  'http-to-legacy': TO_LEGACY,
  'http-to-modern': [CLOSED_STREAM],
  'stdio-to-legacy': [...STDIO, ...TO_LEGACY],
  'stdio-to-modern': STDIO,
};

/** Why a path may lose a check; `undefined` where it may not. */
export function excuseOf(path: PathName, { scenario, check, kept }: Loss): string | undefined {
  const named = NAMED_LOSSES[path].find((losses) => losses.scenario === scenario && losses.checks.includes(check));
  return named && kept >= (named.keeps ?? 0) ? named.why : undefined;
}

import { LanyardError, type Recovery } from '../../shared/errors.ts';
import { type StepUp, stepUpSchema } from '../../shared/step-up.ts';
import { foreignText } from '../egress/faults.ts';
import { type Behaviour, ERROR_TABLE, type ErrorLeg, type ErrorRow, UNKNOWN_ERRORS } from './error-table.ts';

/** A well-formed OAuth error, and who gave it. */
export interface OAuthRefusal {
  readonly leg: ErrorLeg;
  /** As it was sent. */
  readonly error: string;
  /** The error whose row it falls under, where that is not its own. */
  readonly countsAs?: string | undefined;
  /** What the other side says of it, as it was sent. */
  readonly description?: string | undefined;
  /** Of the HTTP answer; none where it came by a redirect. */
  readonly status?: number | undefined;
  /** Who answered: an issuer, or the server's address. */
  readonly issuer: string;
  /** The server's title, on the legs that are about one. */
  readonly title?: string | undefined;
  /** All that came with the error: the answer's members, or the challenge's parameters. */
  readonly members?: unknown;
  /** The pause that the other side asks for, in ms. */
  readonly afterMs?: number | undefined;
  readonly cause?: unknown;
}

/** What the table says of an error; names that every object has by nature ("constructor") are unknown ones. */
export function errorRow(leg: ErrorLeg, error: string): ErrorRow {
  const rows = ERROR_TABLE[leg];
  return (Object.hasOwn(rows, error) ? rows[error] : undefined) ?? UNKNOWN_ERRORS[leg];
}

/** The legs that ask for a session, or end it, were never told apart in codes. */
const IDP_LEGS: ReadonlySet<ErrorLeg> = new Set(['authorization', 'device', 'code', 'refresh', 'revocation']);

/** The stable code of an error on a leg. */
export function errorCode(leg: ErrorLeg, error: string): string {
  return errorRow(leg, error).code ?? `${IDP_LEGS.has(leg) ? 'idp' : leg}-${error.replaceAll('_', '-')}`;
}

/** What is to be done about a thrown error before it counts; `none` for whatever is not in the table's `leg`. */
export function behaviourAfter(leg: ErrorLeg, thrown: unknown): Behaviour {
  if (!(thrown instanceof LanyardError)) return 'none';
  const found = Object.keys(ERROR_TABLE[leg]).find((error) => errorCode(leg, error) === thrown.code);
  return found === undefined ? 'none' : errorRow(leg, found).behaviour;
}

/**
 * What the next sign-in has to bring (RFC 9470 section 3), read from an error's members; `undefined` where nothing
 * usable is said. Malformed members are left out: a demand that cannot be read must not hide that there is one.
 */
export function stepUpOf(members: unknown): StepUp | undefined {
  const { acr_values, max_age } = Object(members) as { readonly acr_values?: unknown; readonly max_age?: unknown };
  const { acrValues, maxAgeSeconds } = stepUpSchema.shape;
  const acr = acrValues.safeParse(acr_values).data;
  const isDigits = typeof max_age === 'string' && /^\d{1,10}$/.test(max_age);
  const age = maxAgeSeconds.safeParse(isDigits ? Number(max_age) : max_age).data;
  if (acr === undefined && age === undefined) return undefined;
  return { ...(acr !== undefined && { acrValues: acr }), ...(age !== undefined && { maxAgeSeconds: age }) };
}

function recoveryOf({ recovery, behaviour }: ErrorRow, { members, afterMs }: OAuthRefusal): Recovery {
  if (recovery === 'retry') return afterMs === undefined ? { kind: 'retry' } : { kind: 'retry', afterMs };
  const stepUp = behaviour === 'step-up' ? stepUpOf(members) : undefined;
  return { kind: 'blocked', reason: recovery, ...(stepUp && { stepUp }) };
}

function demandOf(members: unknown): string {
  const { acrValues, maxAgeSeconds } = stepUpOf(members) ?? {};
  const demands = [
    ...(acrValues === undefined ? [] : [`acr_values "${acrValues}"`]),
    ...(maxAgeSeconds === undefined ? [] : [`max_age ${maxAgeSeconds}`]),
  ];
  return demands.join(' and ') || 'what is demanded there';
}

function scopeOf(members: unknown): string {
  const { scope } = Object(members) as { readonly scope?: unknown };
  return typeof scope === 'string' && scope !== '' ? `"${foreignText(scope)}"` : 'more scope';
}

// In one pass and by a function: a title may hold "{issuer}", or "$&", which means something in a replacement text.
function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\{([a-z]+)\}/g, (whole, word: string) => words[word] ?? whole);
}

/** The error for a refusal, as the table judges it: code, both sentences and recovery. */
export function refusalError(refusal: OAuthRefusal): LanyardError {
  const { leg, issuer, title = '', status, description = '', members, cause } = refusal;
  const error = foreignText(refusal.error);
  const { countsAs = error } = refusal;
  const row = errorRow(leg, countsAs);
  const said = foreignText(description);
  const words = {
    title,
    issuer,
    host: new URL(issuer).host,
    status: String(status ?? ''),
    error,
    description: said === '' ? '' : `: ${said}`,
    scope: scopeOf(members),
    demand: demandOf(members),
  };
  return new LanyardError({
    code: errorCode(leg, countsAs),
    user: fill(row.user, words),
    administrator: fill(row.administrator, words),
    recovery: recoveryOf(row, refusal),
    cause,
  });
}

/** The employee's sentence where one leg of a mint got an answer that is neither what was asked for nor an error. */
export function notSetUp(leg: 'token-exchange' | 'jwt-bearer', title: string): string {
  return fill(UNKNOWN_ERRORS[leg].user, { title });
}

import { type ParseError, parse as parseJson } from 'jsonc-parser';
import type { z } from 'zod';
import { LanyardError } from '../../shared/errors.ts';
import { type Policy, policySchema } from '../../shared/policy.ts';

/** A policy with errors; `issues` has one sentence each, with the path and what was expected there. */
export class PolicyError extends LanyardError {
  readonly issues: readonly string[];

  constructor(file: string, issues: readonly string[], cause?: unknown) {
    super({
      code: 'policy-invalid',
      user: 'The company policy on this computer has mistakes in it. Tell your administrator.',
      administrator: `Policy ${file} has ${issues.length} ${issues.length === 1 ? 'error' : 'errors'}:\n${issues
        .map((issue) => `  ${issue}`)
        .join('\n')}`,
      cause,
    });
    this.name = 'PolicyError';
    this.issues = issues;
  }
}

function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    document,
  );
}

// Only the kind of what was found is named: a value may be a secret that sits in the wrong place.
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function formatIssue(issue: z.core.$ZodIssue, document: unknown): string {
  const path = formatPath(issue.path) || '(top)';
  if (issue.code === 'unrecognized_keys')
    return `${path}: unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  return `${path}: expected ${issue.message}, found ${kindOf(valueAt(document, issue.path))}`;
}

/**
 * Validates the text of a policy as a whole, before any of it is used.
 *
 * @throws {PolicyError} with every error found.
 */
export function parsePolicy(text: string, file: string): Policy {
  // Some editors on Windows put a byte order mark first, which a reader may ignore (RFC 8259 section 8.1).
  const json = text.replace(/^\uFEFF/, '');
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (cause) {
    throw new PolicyError(file, [`(top): expected JSON, which it is not at ${placeOfSyntaxError(json)}`], cause);
  }
  const result = policySchema.safeParse(document);
  if (result.success) return result.data;
  throw new PolicyError(
    file,
    result.error.issues.map((issue) => formatIssue(issue, document)),
  );
}

// V8's own message quotes a piece of the text, which may be a secret, and does not always tell the place.
function placeOfSyntaxError(text: string): string {
  const errors: ParseError[] = [];
  parseJson(text, errors, { disallowComments: true, allowTrailingComma: false });
  const before = text.slice(0, errors[0]?.offset ?? text.length).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

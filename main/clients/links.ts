import { z } from 'zod';
import { type AppKind, LINK_KINDS, type LinkKind } from '../../shared/client-kinds.ts';

/** Longest link that is made, in characters: longer ones are cut off or refused on the way to the app. */
const LINK_LIMIT = 8_000;

/** Enough of a local key to know one by. */
const LOCAL_KEY = /lk_[\w-]{16}/;

/**
 * The only entries that a link may carry: what is started, and nothing else. An entry with headers or an environment
 * does not fit, so a key has no place in it.
 */
const linkableSchema = z.strictObject({
  type: z.literal('stdio').optional(),
  command: z.string(),
  args: z.array(z.string()).optional(),
});

type Linkable = z.infer<typeof linkableSchema>;

const encoded = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
const base64 = (value: unknown): string =>
  encodeURIComponent(Buffer.from(JSON.stringify(value), 'utf8').toString('base64'));

const LINKS: Readonly<Record<LinkKind, (name: string, entry: Linkable) => string>> = {
  // Cursor's documentation, "MCP install links".
  cursor: (name, { command, args }) =>
    `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(name)}&config=${base64({ command, args })}`,
  // VS Code's guide for MCP developers, "Create an MCP installation URL".
  vscode: (name, entry) => `vscode:mcp/install?${encoded({ name, ...entry })}`,
  'vscode-insiders': (name, entry) => `vscode-insiders:mcp/install?${encoded({ name, ...entry })}`,
  // LM Studio's documentation, "Add to LM Studio deeplink".
  'lm-studio': (name, { command, args }) =>
    `lmstudio://add_mcp?name=${encodeURIComponent(name)}&config=${base64({ command, args })}`,
};

/**
 * An address that opens an app and offers an entry there; the person agrees in the app. Addresses are clear text, in
 * histories and in the arguments of programs, so only entries that start a program and hold no key get one.
 *
 * @param name of the entry.
 * @param entry in the app's own form.
 * @returns `undefined` for an app without such addresses, for any entry that is not plainly `command` and `args`, for
 * one in which a local key seems to be, and for one that is too long.
 */
export function clientLink(kind: AppKind, name: string, entry: unknown): string | undefined {
  const linkable = linkableSchema.safeParse(entry);
  if (!linkable.success) return undefined;
  const { command, args = [] } = linkable.data;
  if ([name, command, ...args].some((text) => LOCAL_KEY.test(text))) return undefined;
  const linked = LINK_KINDS.find((known) => known === kind);
  const link = linked && LINKS[linked](name, linkable.data);
  return link !== undefined && link.length <= LINK_LIMIT ? link : undefined;
}

import { type Members, memberOf, type Outcome, type RpcNotification } from '../mcp/rpc.ts';
import { wrapState, wrapText } from './wrapped.ts';

/** What turns one server's URIs, task ids and request states into those that a client sees. */
export interface Translation {
  readonly server: string;
  /** The server's own name or URI of what was asked for. */
  readonly target: string;
  /** Whether a task is spoken of: then its id and result are members. */
  readonly isTask: boolean;
  /** The URI that a client sees for one of the server's. */
  readonly shownUri: (uri: string) => string;
}

/** Key of `_meta` for the task that something belongs to (MCP tasks extension). */
const RELATED_TASK = 'io.modelcontextprotocol/related-task';

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withUri(value: unknown, shownUri: (uri: string) => string): unknown {
  if (!isMembers(value) || typeof value.uri !== 'string') return value;
  const uri = shownUri(value.uri);
  return uri === value.uri ? value : { ...value, uri };
}

function withBlock(block: unknown, { shownUri }: Translation): unknown {
  if (!isMembers(block)) return block;
  if (block.type === 'resource_link') return withUri(block, shownUri);
  return block.type === 'resource' ? { ...block, resource: withUri(block.resource, shownUri) } : block;
}

// Tools answer blocks in a list, prompts one block in each message.
function withContent(content: unknown, translation: Translation): unknown {
  return Array.isArray(content)
    ? content.map((block) => withBlock(block, translation))
    : withBlock(content, translation);
}

function withRelatedTask(meta: unknown, server: string): unknown {
  const taskId = memberOf(memberOf(meta, RELATED_TASK), 'taskId');
  if (!isMembers(meta) || typeof taskId !== 'string') return meta;
  return { ...meta, [RELATED_TASK]: { ...(meta[RELATED_TASK] as Members), taskId: wrapText(server, taskId) } };
}

/** Each member is translated by its name alone, wherever a result has it; all others stay as they are. */
const TRANSLATED: Readonly<Record<string, (value: unknown, translation: Translation) => unknown>> = {
  content: withContent,
  messages: (messages, translation) =>
    Array.isArray(messages)
      ? messages.map((message) =>
          isMembers(message) ? { ...message, content: withContent(message.content, translation) } : message,
        )
      : messages,
  contents: (contents, { shownUri }) =>
    Array.isArray(contents) ? contents.map((entry) => withUri(entry, shownUri)) : contents,
  requestState: (state, { server, target }) => (typeof state === 'string' ? wrapState(server, target, state) : state),
  taskId: (id, { server, isTask }) => (isTask && typeof id === 'string' ? wrapText(server, id) : id),
  // The result of the call that a task stands for.
  result: (result, translation) =>
    translation.isTask && isMembers(result) ? translateResult(result, { ...translation, isTask: false }) : result,
  _meta: (meta, { server }) => withRelatedTask(meta, server),
};

function translateResult(result: Members, translation: Translation): Members {
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => {
      const translate = Object.hasOwn(TRANSLATED, name) ? TRANSLATED[name] : undefined;
      return [name, translate ? translate(value, translation) : value];
    }),
  );
}

/** A server's outcome as the client gets to see it. Errors stay as they are. */
export function translateOutcome(outcome: Outcome, translation: Translation): Outcome {
  if (!('result' in outcome)) return outcome;
  const isTask = translation.isTask || outcome.result.resultType === 'task';
  return { result: translateResult(outcome.result, { ...translation, isTask }) };
}

/** A server's notification as the client gets to see it. */
export function translateNotification(notification: RpcNotification, translation: Translation): RpcNotification {
  const { method, params } = notification;
  if (!params) return notification;
  const { server, shownUri } = translation;
  // Those of a task hold its whole state, the result too.
  if (method.startsWith('notifications/tasks')) {
    return { ...notification, params: translateResult(params, { ...translation, isTask: true }) };
  }
  const related = params._meta === undefined ? params : { ...params, _meta: withRelatedTask(params._meta, server) };
  const isUpdate = method === 'notifications/resources/updated';
  return { ...notification, params: isUpdate ? (withUri(related, shownUri) as Members) : related };
}

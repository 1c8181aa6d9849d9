/** What a helper process can be asked: each name takes one plain value and gives another. */
export type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

/** A question on its way to a helper. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

/** Its answer; `error` in place of `value` where the helper failed. */
export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** In a helper process: answers the parent's questions until the parent is gone. */
export function serveParent(handlers: Handlers): void {
  const answer = async ({ id, name, argument }: Question): Promise<Reply> => {
    try {
      return { id, value: await handlers[name]?.(argument as never) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', (question: Question) => void answer(question).then((reply) => process.send?.(reply)));
  process.on('disconnect', () => process.exit());
}

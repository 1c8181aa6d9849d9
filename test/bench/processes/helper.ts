import { endChild, startChild } from './children.ts';
import type { Handlers, Question, Reply } from './parent.ts';

/** A process of the bench's own that answers questions; its module calls `serveParent`. */
export interface Helper<H extends Handlers> {
  readonly pid: number;
  /** Rejects with the helper's error, or when it ends before it answers. */
  ask<K extends keyof H & string>(name: K, argument: Parameters<H[K]>[0]): Promise<Awaited<ReturnType<H[K]>>>;
  end(): Promise<void>;
}

/** Starts a helper from its module. */
export function startHelper<H extends Handlers>(file: string): Helper<H> {
  const child = startChild(process.execPath, [file], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  child.on('message', ({ id, value, error }: Reply) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asker?.resolve(value);
    else asker?.reject(new Error(error));
  });
  child.once('close', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended\n${complaints}`));
    waiting.clear();
  });
  return {
    pid: child.pid ?? 0,
    ask: (name, argument) =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve: resolve as (value: unknown) => void, reject });
        child.send({ id: asked, name, argument } satisfies Question, (error) => {
          if (error) reject(new Error(`${file} cannot be asked: ${error.message}\n${complaints}`));
        });
      }),
    end: () => endChild(child),
  };
}

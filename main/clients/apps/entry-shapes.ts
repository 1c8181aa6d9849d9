import type { AppEntry, HttpTarget, StdioTarget } from './definition.ts';

// Shapes that several apps share. What an app needs not be told is left out: it would only be one more thing to differ.

/** `{ command, args }` */
export function plainStdio({ command, args }: StdioTarget): AppEntry {
  return { command, args };
}

/** `{ url, headers }` */
export function plainHttp({ url, headers }: HttpTarget): AppEntry {
  return { url, headers };
}

/** As {@link plainStdio}, with its type said. */
export function typedStdio(target: StdioTarget): AppEntry {
  return { type: 'stdio', ...plainStdio(target) };
}

/** As {@link plainHttp}, with its type said. */
export function typedHttp(target: HttpTarget): AppEntry {
  return { type: 'http', ...plainHttp(target) };
}

/**
 * A server's opaque text (request state, task id) with its server in front. What is asked with it later reaches that
 * server without anything being kept here.
 */
export function wrapText(server: string, text: string): string {
  return `${server}.${text}`;
}

/** Server and text of a wrapped text; `undefined` where it is none. No server's name holds a dot. */
export function unwrapText(wrapped: string): { readonly server: string; readonly text: string } | undefined {
  const at = wrapped.indexOf('.');
  return at < 1 ? undefined : { server: wrapped.slice(0, at), text: wrapped.slice(at + 1) };
}

/** Wraps a request state together with what was asked for: a retry finds it when the server lists it no longer. */
export function wrapState(server: string, target: string, state: string): string {
  return wrapText(server, `${Buffer.from(target).toString('base64url')}.${state}`);
}

/** What {@link wrapState} put together; `undefined` where it is none of ours. */
export function unwrapState(
  wrapped: string,
): { readonly server: string; readonly target: string; readonly state: string } | undefined {
  const outer = unwrapText(wrapped);
  const at = outer?.text.indexOf('.') ?? -1;
  if (!outer || at < 0) return undefined;
  const target = Buffer.from(outer.text.slice(0, at), 'base64url').toString();
  return { server: outer.server, target, state: outer.text.slice(at + 1) };
}

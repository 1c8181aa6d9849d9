/** The extension that a client declares when it supports enterprise-managed authorization. */
export const EMA_EXTENSION = 'io.modelcontextprotocol/enterprise-managed-authorization';

const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
const MISSING_REQUIRED_CLIENT_CAPABILITY = -32021;

/**
 * The refusal for a caller who does not declare the EMA extension, or undefined for one who does and for
 * messages that carry no capabilities. Modern requests declare it in `_meta`, legacy ones in `initialize`.
 */
export async function refuseWithoutEma(request: Request): Promise<Response | undefined> {
  if (request.method !== 'POST') return undefined;
  const message: unknown = await request
    .clone()
    .json()
    .catch(() => undefined);
  const capabilities = declaredCapabilities(message);
  if (!capabilities || member(member(capabilities, 'extensions'), EMA_EXTENSION) !== undefined) return undefined;
  const error = {
    code: MISSING_REQUIRED_CLIENT_CAPABILITY,
    message: 'This server works only with enterprise-managed authorization',
    data: { requiredCapabilities: { extensions: { [EMA_EXTENSION]: {} } } },
  };
  return Response.json({ jsonrpc: '2.0', id: member(message, 'id') ?? null, error }, { status: 400 });
}

function declaredCapabilities(message: unknown): unknown {
  const params = member(message, 'params');
  if (member(message, 'method') === 'initialize') return member(params, 'capabilities') ?? {};
  return member(member(params, '_meta'), CLIENT_CAPABILITIES);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

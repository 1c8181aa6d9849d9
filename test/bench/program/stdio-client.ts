import { createInterface } from 'node:readline';
import { endChild, startChild } from '../processes/children.ts';
import { CALL_TEXT, LARGE_TOOL, TOOL } from '../server/tool-call.ts';

/** A program that serves MCP on stdin and stdout, as a desktop client starts it. */
export interface StdioProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A started stdio server that has answered `initialize`. */
export interface StdioClient {
  readonly pid: number;
  /** From just before its process was started until its first answer was read, in ms. */
  readonly startMs: number;
  /** Makes one call and checks its answer; gives its time in ms. */
  call(): Promise<number>;
  /** Calls for so much text and checks how much it was; gives the call's time in ms. */
  callForText(bytes: number): Promise<number>;
  end(): Promise<void>;
}

interface Answer {
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text?: string }[]; readonly protocolVersion?: unknown };
}

/** One answer; the slowest peer starts in well under a second. In ms. */
const ANSWER_LIMIT_MS = 15_000;

const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'bench', version: '1.0.0' },
};

/** Starts a stdio server and initialises. The caller ends it. */
export async function startStdioClient({ command, args, cwd, env }: StdioProgram): Promise<StdioClient> {
  const startedAt = performance.now();
  const child = startChild(command, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const { stdin, stdout, stderr, pid = 0 } = child;
  if (!stdin || !stdout || !stderr) throw new Error(`${command} could not be started`);
  let complaints = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const told = (what: string) => new Error(`${command} ${args.join(' ')} ${what}\n${complaints}`);

  let waiting: { readonly id: number; resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  createInterface({ input: stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    if (answer.id === waiting?.id) waiting?.resolve(answer);
  });
  child.once('exit', (code) => waiting?.reject(told(`ended with ${code}`)));
  child.once('error', (error) => waiting?.reject(error));
  stdin.on('error', () => waiting?.reject(told('does not read')));
  const write = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

  let lastId = 0;
  const request = async (method: string, params: object): Promise<Answer> => {
    lastId += 1;
    const id = lastId;
    const limit = setTimeout(() => waiting?.reject(told(`did not answer ${method}`)), ANSWER_LIMIT_MS);
    try {
      return await new Promise<Answer>((resolve, reject) => {
        waiting = { id, resolve, reject };
        write({ id, method, params });
      });
    } finally {
      clearTimeout(limit);
    }
  };
  const call = async () => {
    const callAt = performance.now();
    const { result } = await request('tools/call', { name: TOOL, arguments: { text: CALL_TEXT } });
    const ms = performance.now() - callAt;
    if (result?.content?.[0]?.text !== CALL_TEXT) throw told(`answered a call with ${JSON.stringify(result)}`);
    return ms;
  };
  const callForText = async (bytes: number) => {
    const callAt = performance.now();
    const { result } = await request('tools/call', { name: LARGE_TOOL, arguments: { bytes } });
    const ms = performance.now() - callAt;
    const length = result?.content?.[0]?.text?.length;
    if (length !== bytes) throw told(`answered with ${length} bytes of text`);
    return ms;
  };

  try {
    const { result } = await request('initialize', INITIALIZE);
    const startMs = performance.now() - startedAt;
    if (typeof result?.protocolVersion !== 'string') throw told('did not initialise');
    write({ method: 'notifications/initialized' });
    return { pid, startMs, call, callForText, end: () => endChild(child) };
  } catch (error) {
    await endChild(child);
    throw error;
  }
}

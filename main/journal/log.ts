import { redact } from './redact.ts';

/** How much a line matters. `debug` is written to the file only. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a line may carry: plain scalars, so that no object with a secret inside can slip in. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** One finished line. */
export interface LogEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: LogLevel;
  /** Stable name such as `grant-ready`; what programs search for. */
  readonly event: string;
  readonly fields: LogFields;
}

/** Where lines go. Must not throw. */
export interface LogSink {
  write(entry: LogEntry): void;
  close(): Promise<void>;
}

/** Writes structured lines; see {@link createLog}. What most parts get of a log. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  close(): Promise<void>;
}

/** A log that others may listen to while it is written. */
export interface OpenLog extends Log {
  /** Every line from now on goes to this sink too, which is closed with the log. */
  attach(sink: LogSink): void;
}

// Every call passes here: one pass, and no arrays in between.
function clean(fields: LogFields): LogFields {
  const cleaned: Record<string, LogFields[string]> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined) cleaned[name] = typeof value === 'string' ? redact(value) : value;
  }
  return cleaned;
}

/** A log over some sinks. Every string passes {@link redact}, as a last line of defence only. */
export function createLog(first: readonly LogSink[], clock: () => number = Date.now): OpenLog {
  const sinks = [...first];
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      const entry = { time: new Date(clock()).toISOString(), level, event, fields: clean(fields) };
      for (const sink of sinks) sink.write(entry);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    attach: (sink) => void sinks.push(sink),
    close: async () => {
      await Promise.all(sinks.map((sink) => sink.close()));
    },
  };
}

/** A log that keeps nothing: for the parts of tests that are about something else. */
export const silentLog: Log = createLog([]);

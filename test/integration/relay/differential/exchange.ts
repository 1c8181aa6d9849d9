/** Names and values in turn, as they stand on the wire. */
export type RawHeaders = readonly string[];

/** One request as it is to be sent. */
export interface SentRequest {
  readonly method: string;
  readonly headers: RawHeaders;
  /** Absent: no body at all. */
  readonly body?: Buffer;
  /** Without a declared length, in these many pieces. */
  readonly pieces?: number;
}

/** One answer as the server gives it. */
export interface GivenAnswer {
  readonly status: number;
  readonly reason?: string;
  readonly headers: RawHeaders;
  /** Each is written by itself. */
  readonly chunks: readonly Buffer[];
}

/** What is sent, and what comes back. */
export interface Exchange {
  readonly request: SentRequest;
  readonly answer: GivenAnswer;
}

/** A request as the server got it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

/** An answer as the client got it. */
export interface ReceivedAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

import type { LanyardError } from '../../../shared/errors.ts';
import type { ServerLists } from '../lists/server-lists.ts';

/** What standby knows of a server and of why it cannot answer. */
export interface StandbyFacts {
  readonly server: { readonly name: string; readonly title: string };
  /** Why there is no answer: `user` is the sentence for the person, `recovery` says whose turn it is. */
  readonly error: LanyardError;
  /** Last known, for this person, tool rules already applied. */
  readonly lists: ServerLists | undefined;
  /** Several lines of plain words, for the tool `lanyard_status`. */
  readonly status: string;
  /** A one-time address of this machine that starts the sign-in; shown only where a sign-in helps. */
  readonly signInUrl: string | undefined;
}

/** A request that was answered in the server's place. */
export interface Unanswered {
  /** Id of the client. */
  readonly client: string;
  /** JSON-RPC method, where the body was a single message. */
  readonly method?: string | undefined;
  /** Tool, prompt or resource that was named. */
  readonly name?: string | undefined;
}

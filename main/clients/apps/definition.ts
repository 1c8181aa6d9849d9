import type { AppKind } from '../../../shared/client-kinds.ts';
import type { EntryPlace, JsonValue } from '../edit/entry-place.ts';
import type { Machine } from './machine.ts';

/** An entry in an app's own form: plain JSON. */
export type AppEntry = Readonly<Record<string, JsonValue>>;

/** What an entry starts. */
export interface StdioTarget {
  /** The entry's name, for apps that repeat it inside. */
  readonly name: string;
  /** Absolute path of the program. */
  readonly command: string;
  readonly args: readonly string[];
}

/** What an entry calls. */
export interface HttpTarget {
  /** The entry's name, for apps that repeat it inside. */
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything that is known of one app. */
export interface AppDefinition {
  readonly kind: AppKind;
  readonly title: string;
  /**
   * Files that the app reads its servers from, absolute, the one that counts most first. The first that exists is
   * edited; where none does, the last one is made.
   */
  readonly files: (machine: Machine) => readonly string[];
  /** Where in the file the entries stand. */
  readonly place: EntryPlace;
  readonly stdio: (target: StdioTarget) => AppEntry;
  /** Absent: the app starts programs only. */
  readonly http?: (target: HttpTarget) => AppEntry;
  /** Files and folders that only the app, or its installer, makes; its {@link files} need not be among them. */
  readonly signs: (machine: Machine) => readonly string[];
  /** Names of its programs. */
  readonly programs: readonly string[];
  /** What the person does so that the app takes notice. */
  readonly afterwards: string;
  /** Other programs that are served through its file. */
  readonly alsoServes?: readonly string[];
}

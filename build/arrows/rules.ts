/** Which rooms may import which, and who may use what leads out of the process. */
export interface Rules {
  /** Room (a folder) → the rooms it may import. A file that lies in no room may not exist. */
  readonly arrows: Readonly<Record<string, readonly string[]>>;
  /** Package → the only rooms that may import it, types included. */
  readonly packages: Readonly<Record<string, readonly string[]>>;
  /** Rooms and files that may open outgoing connections. */
  readonly outgoing: readonly string[];
  /** Rooms and files that may open connections below HTTP, the agent's own socket among them. */
  readonly sockets: readonly string[];
}

/** The rooms of docs/design.md. `main` alone is the program's first file, where everything is put together. */
export const RULES: Rules = {
  arrows: {
    shared: [],
    renderer: ['main/desktop/bridge', 'shared'],
    main: ['main/agent', 'main/cli', 'shared'],
    'main/desktop': ['main/desktop/bridge', 'shared'],
    // What the app's two processes, main and page, agree on.
    'main/desktop/bridge': ['shared'],
    'main/cli': ['shared'],
    'main/agent': [
      'main/policy',
      'main/egress',
      'main/identity',
      'main/discovery',
      'main/grant',
      'main/vault',
      'main/relay',
      'main/loopback',
      'main/clients',
      'main/journal',
      'shared',
    ],
    'main/relay': ['main/grant', 'main/egress', 'main/loopback', 'main/journal', 'shared'],
    'main/grant': ['main/identity', 'main/discovery', 'main/vault', 'main/egress', 'main/journal', 'shared'],
    'main/identity': ['main/egress', 'main/vault', 'main/loopback', 'main/journal', 'shared'],
    'main/discovery': ['main/egress', 'main/journal', 'shared'],
    'main/clients': ['main/vault', 'main/journal', 'shared'],
    'main/vault': ['main/journal', 'shared'],
    'main/egress': ['main/journal', 'shared'],
    'main/loopback': ['shared'],
    'main/policy': ['shared'],
    'main/journal': ['shared'],
  },
  packages: {
    electron: ['main/desktop'],
    keytar: ['main/vault'],
    'openid-client': ['main/identity'],
    undici: ['main/egress'],
  },
  outgoing: ['main/egress', 'shared/local-client.ts'],
  sockets: ['main/egress', 'shared/local-connection.ts'],
};

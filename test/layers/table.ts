// Who may import whom, as data.  Layers, rooms and the reasons are ARCHITECTURE.md's; judge.ts applies this table and
// layers.test.ts holds the tree against it.
//
// A room is a folder of src/ (or one file: main.ts).  It may import rooms of lower layers, through their door, which is
// their index.ts.  A new folder needs a row here before it can be imported or import.

export type Room = {
  /** Path under src/; the longest match decides, so that a room may stand inside another. */
  readonly room: string
  readonly layer: number
  /** The only rooms that it may import, where that is less than every lower layer. */
  readonly only?: readonly string[]
  /** npm packages that it may import. */
  readonly packages?: readonly string[]
}

export const ROOMS: readonly Room[] = [
  { room: 'base', layer: 0 },
  { room: 'http', layer: 1 },
  { room: 'sqlite', layer: 1 },
  { room: 'cache', layer: 2 },
  { room: 'cors', layer: 2 },
  { room: 'cors/sharing', layer: 2.5 },
  { room: 'rules', layer: 2, only: ['base'], packages: ['re2js'] },
  { room: 'cache/store', layer: 3 },
  { room: 'demo', layer: 3 },
  { room: 'origin', layer: 3 },
  { room: 'purge', layer: 3 },
  { room: 'rulesets', layer: 3 },
  { room: 'scripts', layer: 3, only: ['base', 'http'] },
  { room: 'telemetry', layer: 3 },
  { room: 'config', layer: 4, packages: ['mmdb-lib', 'zod'] },
  // A second door of config, without the room behind it.
  { room: 'config/known.ts', layer: 4.5 },
  { room: 'runtime', layer: 4 },
  { room: 'api', layer: 5, packages: ['hono', '@hono/zod-openapi', 'zod'] },
  { room: 'cluster', layer: 5 },
  { room: 'edge', layer: 5 },
  { room: 'dashboard', layer: 5, only: [] },
  { room: 'main.ts', layer: 6 },
  { room: 'cli', layer: 6 },
]

/** The layer of main.ts and the command line: there rooms of one layer may import each other. */
export const TOP_LAYER = 6

/** The package's own manifest, for its version: the top layer may read it. */
export const MANIFEST = 'package.json'

/** Files that belong to another room than their folder's, with the reason. */
export const ADOPTED: Readonly<Record<string, string>> = {
  // The type of a store, without any store: so that judgements and `purge` can be given one.
  'src/cache/store/contract.ts': 'cache',
}

/** Rooms and files of judgements only: no `node:`, no `Bun`, no clock, no chance, no I/O, no logging.  Paths under src/. */
export const PURE: readonly string[] = ['base', 'http', 'cache', 'cors', 'rules', 'scripts', 'purge/match.ts']

/** Files in pure rooms that may use the one thing they exist for. */
export const PURE_EXCEPT: Readonly<Record<string, readonly string[]>> = {
  'src/base/clock.ts': ['Date.now()'],
}

/** Where `node:`, `bun:` and `Bun` are allowed: the rooms and files that touch the system.  Paths under src/. */
export const SYSTEM: readonly string[] = [
  'api/auth.ts',
  'api/client-address.ts',
  'api/server.ts',
  'api/tails/listener.ts',
  'cache/store',
  'cli',
  'cluster',
  'config',
  'demo',
  'edge/listener.ts',
  'main.ts',
  'origin',
  'purge/journal-file.ts',
  'runtime',
  'sqlite',
  'telemetry',
]

/**
 * What waits until it is needed, for each way in: files and folders of src/, packages, system modules.  A start is to take
 * 400 ms and a verb that asks the API less; each of these is a part of that which shows.
 */
export const DEFERRED: readonly { readonly from: string; readonly what: readonly string[] }[] = [
  {
    from: 'src/cli/start.ts',
    what: [
      ...['src/api/answering.ts', 'src/api/operations', 'src/edge/explain', 'src/config/schema.ts', 'src/demo'],
      ...['hono', '@hono/zod-openapi', 'zod', 're2js', 'mmdb-lib'],
      // With each of these but the first three come Node's streams.
      ...['node:http', 'node:https', 'node:net', 'node:tls', 'node:crypto', 'node:stream', 'node:worker_threads'],
    ],
  },
  ...['cors', 'explain', 'purge', 'token-verb', 'zones'].map((verb) => ({
    from: `src/cli/${verb}.ts`,
    what: ['src/main.ts', 'src/edge', 'src/api', 'src/config/index.ts', 'src/rules', 'src/cache'],
  })),
]

/** Names that a door may list.  Forty is the aim; this is where the build stops. */
export const MAX_DOOR_NAMES = 60

/** Folder and file names that say nothing about what is inside. */
export const NAMELESS: readonly string[] = ['utils', 'helpers', 'common', 'lib', 'misc']

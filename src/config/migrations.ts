// How a configuration store of an older version becomes one of this version: one step a layout, each applied once, in order,
// within one transaction.  The file remembers in `user_version` how many it has seen.  Steps are never edited, only added.

import type { Database } from 'bun:sqlite'

const STEPS: readonly string[] = [
  // 1: settings that the API changed, a row each.
  `CREATE TABLE IF NOT EXISTS setting (
     zone TEXT NOT NULL,
     id TEXT NOT NULL,
     value TEXT NOT NULL,
     modified_on INTEGER NOT NULL,
     PRIMARY KEY (zone, id)
   ) STRICT`,
  // 2: documents under paths; the settings become some of them.
  `CREATE TABLE document (path TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE head (revision INTEGER NOT NULL) STRICT;
   INSERT INTO head (revision) VALUES (0);
   INSERT INTO document (path, value)
     SELECT 'zones/' || zone || '/settings/' || id, json_object('value', json(value), 'modified_on', modified_on)
     FROM setting WHERE json_valid(value);
   DROP TABLE setting`,
  // 3: contents that documents name.
  'CREATE TABLE blob (hash TEXT NOT NULL PRIMARY KEY, content BLOB NOT NULL) STRICT',
]

/** Brings the file at `path` to this version's layout; throws for one that a newer version wrote. */
export function migrate(database: Database, path: string): void {
  const seen = database.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version ?? 0
  if (seen > STEPS.length) {
    throw new Error(`${path} was written by a newer version of Varyant; start that one, or use another data directory`)
  }
  for (const step of STEPS.slice(seen)) database.run(step)
  database.run(`PRAGMA user_version = ${STEPS.length}`)
}

// The index of what is on disk: `index.sqlite`.  Every method is synchronous and throws what SQLite throws; `disk.ts`
// decides what a failure means.
//
// D1  A row of `variants` is written in the same transaction as the reference it takes on its body, and goes with it.
// D2  `bodies.id` is never used twice: a variant whose body was struck out as damaged never meets another one.
// D3  A body of at most MAX_INLINE_BODY_BYTES is in its row; a longer one is the file named by its digest, which is in
//     place before its row is.

import { Database, type Statement } from 'bun:sqlite'
import { renameSync, rmSync } from 'node:fs'
import { bytes } from '../../base/index.ts'
import { prepareFile } from '../../sqlite/index.ts'
import type { StoredBody, StoredResponse } from '../stored-response.ts'
import { Checkpointer, MAX_LOG_PAGES } from './checkpointer.ts'
import type { Secured } from './contract.ts'
import { encodeRecord, parseRecord } from './record.ts'

/** Raised when the tables or the record change; an index of another version is set aside. */
const SCHEMA_VERSION = 1

const SCHEMA = `
  CREATE TABLE bodies (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    digest  BLOB NOT NULL UNIQUE,
    length  INTEGER NOT NULL,
    refs    INTEGER NOT NULL,   -- rows of variants that point here
    content BLOB                -- null: a file
  ) STRICT;
  CREATE TABLE variants (
    sequence INTEGER PRIMARY KEY, -- the order of puts
    key_hash INTEGER NOT NULL,
    body     INTEGER NOT NULL,    -- bodies.id
    used     INTEGER NOT NULL,    -- when it was last used, in units of its writer
    cost     INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    zone     TEXT NOT NULL,
    key      TEXT NOT NULL,
    record   TEXT NOT NULL
  ) STRICT;
  CREATE INDEX variants_by_key ON variants (key_hash);
  CREATE INDEX variants_by_use ON variants (used);
  CREATE TABLE totals (variants INTEGER NOT NULL, bodies INTEGER NOT NULL, cost INTEGER NOT NULL, seed INTEGER NOT NULL) STRICT;
`

/** A write waits so long for another one: of a stranger who looks at the file, or of other processes that write as we do. */
const WAIT_MILLIS = 250
const SHARED_WAIT_MILLIS = 1000

/** What one row costs beside its texts: its columns, its places in two indexes, the slack of its page. */
const ROW_COST_BYTES = 256
const FILE_BLOCK_BYTES = 4096

export type VariantRow = {
  readonly sequence: number
  readonly key: string
  /** undefined: the record or the body of this row is damaged. */
  readonly response: StoredResponse | undefined
}

export type NewRow = {
  readonly sequence: number
  readonly response: StoredResponse
  readonly used: number
  /** The bytes of a short body that the index may not have yet; null for a file or a body known to be there. */
  readonly inline: Uint8Array | null
}

export type GoneRow = { readonly sequence: number; readonly key: string; readonly keyHash: number }
export type GoneBody = { readonly digest: string; readonly length: number; readonly inline: boolean }

type Columns = {
  sequence: number
  key: string
  zone: string
  revision: number
  record: string
  digest: Uint8Array | null
  length: number | null
}

export type Totals = { variants: number; bodies: number; cost: number }

export class DiskIndex {
  readonly #database: Database
  readonly #statements: ReturnType<typeof prepare>
  readonly #seed: bigint
  readonly #checkpointer: Checkpointer
  readonly #isShared: boolean
  #changed = 0
  readonly totals: Totals
  /** The highest sequence that was there when the index was opened. */
  readonly lastSequence: number

  private constructor(database: Database, path: string, sharing: 'alone' | 'shared') {
    this.#database = database
    this.#isShared = sharing === 'shared'
    this.#checkpointer = new Checkpointer(path)
    this.#statements = prepare(database)
    const { seed, ...totals } = database.query('SELECT * FROM totals').get() as Totals & { seed: number }
    this.totals = totals
    this.#seed = BigInt(seed)
    const last = database.query('SELECT max(sequence) AS last FROM variants').get() as { last: number | null }
    this.lastSequence = last.last ?? 0
  }

  /** Opens the index at `path`, making one if there is none; throws when it is damaged or of another version. */
  static open(path: string, sharing: 'alone' | 'shared' = 'alone'): DiskIndex {
    const database = new Database(path, { create: true, readwrite: true, strict: true })
    try {
      database.run(`PRAGMA busy_timeout = ${sharing === 'shared' ? SHARED_WAIT_MILLIS : WAIT_MILLIS}`)
      database.run('PRAGMA journal_size_limit = 16777216')
      database.run('PRAGMA cache_size = -16384')
      database.run(`PRAGMA wal_autocheckpoint = ${MAX_LOG_PAGES}`)
      // A commit survives the death of this process; after a power cut the last few may be gone, whole.
      prepareFile(database, path, 'NORMAL', () => adoptSchema(database))
      return new DiskIndex(database, path, sharing)
    } catch (cause) {
      database.close()
      throw cause
    }
  }

  /** 32 bits that nobody outside can aim at. */
  hashOf(key: string): number {
    return Number(Bun.hash(key, this.#seed) & 0xffffffffn)
  }

  close(): void {
    this.#checkpointer.close()
    this.#database.close()
  }

  // Reading

  /** The rows of one key, the newest first. */
  rowsOf(key: string): VariantRow[] {
    const rows = this.#statements.rowsOf.all(this.hashOf(key)) as Columns[]
    return rows.filter((row) => row.key === key).map(readRow)
  }

  /** Up to `limit` rows behind a sequence, in the order of puts. */
  rowsAfter(sequence: number, limit: number): VariantRow[] {
    return (this.#statements.rowsAfter.all(sequence, limit) as Columns[]).map(readRow)
  }

  /** Sequence and key hash of up to `limit` rows behind a sequence. */
  hashesAfter(sequence: number, limit: number): [sequence: number, keyHash: number][] {
    return this.#statements.hashesAfter.values(sequence, limit) as [number, number][]
  }

  hasBody(digest: string): boolean {
    return this.#statements.hasBody.get(fromHex(digest)) !== null
  }

  /** The bytes of a short body. */
  inlineContent(digest: string): Uint8Array<ArrayBuffer> | undefined {
    const row = this.#statements.inline.get(fromHex(digest)) as { content: Uint8Array<ArrayBuffer> | null } | null
    return row?.content ?? undefined
  }

  /** The rows least recently used, as far as the index knows. */
  leastUsed(limit: number): GoneRow[] {
    return this.#statements.leastUsed.all(limit) as GoneRow[]
  }

  /** Moves all that is committed from the log into the index, on a thread of its own. */
  checkpoint(): Promise<Secured> {
    return this.#checkpointer.run()
  }

  // Writing.  Everything below belongs inside `transaction`.

  /** Runs `work` in one transaction; when it throws, nothing happened. */
  transaction<Result>(work: () => Result): Result {
    this.#database.run('BEGIN IMMEDIATE')
    let before = { ...this.totals }
    try {
      if (this.#isShared) {
        this.refresh()
        before = { ...this.totals }
      }
      const result = work()
      this.#statements.saveTotals.run(this.totals.variants, this.totals.bodies, this.totals.cost)
      this.#database.run('COMMIT')
      this.#checkpointer.changed(this.#changed)
      this.#changed = 0
      return result
    } catch (cause) {
      Object.assign(this.totals, before)
      if (this.#database.inTransaction) this.#database.run('ROLLBACK')
      throw cause
    }
  }

  /** Reads the totals, which other processes change too. */
  refresh(): void {
    Object.assign(this.totals, this.#statements.totals.get())
  }

  insert({ sequence, response, used, inline }: NewRow): { readonly keyHash: number } {
    const { body, key, location, revision } = response
    const reference = this.#statements.takeBody.get(fromHex(body.digest), body.length, inline) as {
      id: number
      refs: number
    }
    if (reference.refs === 1) {
      this.totals.bodies += 1
      this.totals.cost += bodyCost(body.length, inline !== null)
    }
    const record = encodeRecord(response)
    const cost = ROW_COST_BYTES + key.length + record.length
    const keyHash = this.hashOf(key)
    const { zone } = location
    this.#statements.insert.run(sequence, keyHash, reference.id, used, cost, revision, zone, key, record)
    this.totals.variants += 1
    this.totals.cost += cost
    this.#changed += cost + (inline?.byteLength ?? 0)
    return { keyHash }
  }

  /** Removes a row; answers it, and its body when this was the last reference. */
  remove(sequence: number): { readonly row: GoneRow; readonly body: GoneBody | undefined } | undefined {
    const row = this.#statements.remove.get(sequence) as (GoneRow & { body: number; cost: number }) | null
    if (row === null) return undefined
    this.totals.variants -= 1
    this.totals.cost -= row.cost
    this.#changed += row.cost
    const left = this.#statements.dropReference.get(row.body) as { refs: number } | null
    return { row, body: left?.refs === 0 ? this.#removeBody(this.#statements.removeBodyById, row.body) : undefined }
  }

  /** Strikes out a damaged body.  The variants that point to it are as good as gone. */
  strikeOut(digest: string): GoneBody | undefined {
    return this.#removeBody(this.#statements.removeBodyByDigest, fromHex(digest))
  }

  #removeBody(statement: Statement, which: number | Uint8Array): GoneBody | undefined {
    const row = statement.get(which) as { digest: Uint8Array; length: number; inline: number } | null
    if (row === null) return undefined
    const body = { digest: row.digest.toHex(), length: row.length, inline: row.inline === 1 }
    this.totals.bodies -= 1
    this.totals.cost -= bodyCost(body.length, body.inline)
    return body
  }

  markUsed(sequence: number, used: number): void {
    this.#statements.markUsed.run(used, sequence)
  }
}

/** What a body occupies on disk. */
export function bodyCost(length: number, inline: boolean): number {
  if (inline) return ROW_COST_BYTES + length
  return ROW_COST_BYTES + Math.ceil(length / FILE_BLOCK_BYTES) * FILE_BLOCK_BYTES
}

/** Moves an index that cannot be used out of the way; one such copy is kept for whoever wants to look at it. */
export function setIndexAside(path: string): string {
  const aside = `${path}.damaged`
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true })
  rmSync(aside, { force: true, recursive: true })
  renameSync(path, aside)
  return aside
}

function adoptSchema(database: Database): void {
  const { user_version: version } = database.query('PRAGMA user_version').get() as { user_version: number }
  const { tables } = database.query('SELECT count(*) AS tables FROM sqlite_master').get() as { tables: number }
  if (version === SCHEMA_VERSION) return
  if (version !== 0 || tables !== 0) throw new Error(`the index has version ${version}, not ${SCHEMA_VERSION}`)
  database.transaction(() => {
    database.run(SCHEMA)
    const [seed] = crypto.getRandomValues(new Uint32Array(1))
    database.query('INSERT INTO totals VALUES (0, 0, 0, ?1)').run(seed ?? 0)
    database.run(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  })()
}

function prepare(database: Database) {
  const columns = 'v.sequence, v.key, v.zone, v.revision, v.record, b.digest, b.length'
  const joined = `SELECT ${columns} FROM variants v LEFT JOIN bodies b ON b.id = v.body`
  const row = 'sequence, key, key_hash AS keyHash'
  const goneBody = 'RETURNING digest, length, content IS NOT NULL AS inline'
  return {
    rowsOf: database.query(`${joined} WHERE v.key_hash = ?1 ORDER BY v.sequence DESC`),
    rowsAfter: database.query(`${joined} WHERE v.sequence > ?1 ORDER BY v.sequence LIMIT ?2`),
    hashesAfter: database.query(
      'SELECT sequence, key_hash FROM variants WHERE sequence > ?1 ORDER BY sequence LIMIT ?2',
    ),
    hasBody: database.query('SELECT 1 FROM bodies WHERE digest = ?1'),
    inline: database.query('SELECT content FROM bodies WHERE digest = ?1'),
    leastUsed: database.query(`SELECT ${row} FROM variants ORDER BY used, sequence LIMIT ?1`),
    takeBody: database.query(
      `INSERT INTO bodies (digest, length, refs, content) VALUES (?1, ?2, 1, ?3)
       ON CONFLICT (digest) DO UPDATE SET refs = refs + 1 RETURNING id, refs`,
    ),
    insert: database.query('INSERT INTO variants VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)'),
    remove: database.query(`DELETE FROM variants WHERE sequence = ?1 RETURNING ${row}, body, cost`),
    dropReference: database.query('UPDATE bodies SET refs = refs - 1 WHERE id = ?1 RETURNING refs'),
    removeBodyById: database.query(`DELETE FROM bodies WHERE id = ?1 ${goneBody}`),
    removeBodyByDigest: database.query(`DELETE FROM bodies WHERE digest = ?1 ${goneBody}`),
    markUsed: database.query('UPDATE variants SET used = ?1 WHERE sequence = ?2'),
    totals: database.query('SELECT variants, bodies, cost FROM totals'),
    saveTotals: database.query('UPDATE totals SET variants = ?1, bodies = ?2, cost = ?3'),
  }
}

function readRow(columns: Columns): VariantRow {
  const { sequence, key, zone, revision, record, digest, length } = columns
  if (digest === null || length === null) return { sequence, key, response: undefined }
  const body: StoredBody = { digest: digest.toHex(), length: bytes(length) }
  let response: StoredResponse | undefined | null = null
  return {
    sequence,
    key,
    // Read when it is asked for: what is in memory already is only counted.
    get response() {
      if (response === null) response = parseRecord(record, { key, zone, revision, body })
      return response
    },
  }
}

function fromHex(digest: string): Uint8Array {
  return Uint8Array.fromHex(digest)
}

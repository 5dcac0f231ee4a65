import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CommitLevel, prepareFile } from './new-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'varyant-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const LEVELS: readonly (readonly [CommitLevel, number])[] = [
  ['FULL', 2],
  ['NORMAL', 1],
]

function open(level: CommitLevel, prepare: (database: Database) => void): Database {
  const path = join(folder, 'a.sqlite')
  const database = new Database(path, { create: true })
  prepareFile(database, path, level, () => prepare(database))
  return database
}

const makeTable = (database: Database) => void database.run('CREATE TABLE IF NOT EXISTS t (n INTEGER) STRICT')

describe.each(LEVELS)('a file whose commits are %s', (level, number) => {
  test('waits for the disk as it should, whether it is new or not', () => {
    for (const _ of ['new', 'there']) {
      const database = open(level, makeTable)
      expect(database.query('PRAGMA synchronous').get()).toEqual({ synchronous: number })
      expect(database.query('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
      database.close()
    }
  })

  test('is whole without its log as soon as it is made', () => {
    const database = open(level, makeTable)
    copyFileSync(join(folder, 'a.sqlite'), join(folder, 'b.sqlite'))
    const copy = new Database(join(folder, 'b.sqlite'))
    expect(copy.query('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 })
    copy.close()
    database.close()
  })

  test('keeps its level while it is prepared, when there is something to lose', () => {
    open(level, makeTable).close()
    const seen: unknown[] = []
    open(level, (database) => seen.push(database.query('PRAGMA synchronous').get())).close()
    expect(seen).toEqual([{ synchronous: number }])
  })
})

test('what prepares may refuse', () => {
  const refuse = () => {
    throw new Error('of another version')
  }
  expect(() => open('FULL', refuse)).toThrow('of another version')
})

import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFakeClock } from '../base/index.ts'
import { DamagedFile, openDurableFile } from './durable-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'varyant-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function open(prepare: Parameters<typeof openDurableFile>[0]['prepare'] = () => {}) {
  const damaged: string[] = []
  const path = join(folder, 'a.sqlite')
  const database = openDurableFile({
    path,
    clock: makeFakeClock(7),
    prepare: (opened) => {
      opened.run('CREATE TABLE IF NOT EXISTS t (n INTEGER) STRICT')
      prepare(opened)
    },
    onDamage: (aside) => damaged.push(aside),
  })
  return { database, damaged, path }
}

test('what was committed is there when it is opened again', () => {
  const first = open()
  first.database.run('INSERT INTO t VALUES (5)')
  first.database.close()
  const { database, damaged } = open()
  expect([database.query('SELECT n FROM t').get(), damaged]).toEqual([{ n: 5 }, []])
  expect(database.query('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
  database.close()
})

describe('a damaged file is set aside, and an empty one takes its place', () => {
  test('when it is no database', () => {
    writeFileSync(join(folder, 'a.sqlite'), 'not a database, for more than a hundred bytes'.repeat(9))
    const { database, damaged, path } = open()
    expect(damaged).toEqual([`${path}.damaged-7`])
    expect(readFileSync(`${path}.damaged-7`, 'utf8')).toStartWith('not a database')
    expect(database.query('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 })
    database.close()
  })

  test('when its owner finds it so', () => {
    const first = open()
    first.database.run('INSERT INTO t VALUES (5)')
    first.database.close()
    const { database, damaged } = open((opened) => {
      if (opened.query('SELECT n FROM t').get() !== null) throw new DamagedFile('5 is not a number of ours')
    })
    expect(damaged).toHaveLength(1)
    expect(database.query('SELECT n FROM t').get()).toBeNull()
    database.close()
  })
})

test('what is no damage is thrown on, and the file stays', () => {
  open().database.close()
  expect(() =>
    open(() => {
      throw new Error('a newer version wrote it')
    }),
  ).toThrow('a newer version wrote it')
  expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toEqual([])
})

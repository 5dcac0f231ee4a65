import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EdgeEvent, makeFakeClock } from '../base/index.ts'
import { type Documents, makeMemoryDocuments } from './documents.ts'
import { openDocuments } from './documents-file.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'varyant-test-'))
})
afterAll(() => rmSync(root, { recursive: true }))

let path: string
let events: EdgeEvent[]
beforeEach(() => {
  path = join(mkdtempSync(join(root, 'documents-')), 'config.sqlite')
  events = []
})

const open = (): Documents => openDocuments({ path, clock: makeFakeClock(1000), events: (event) => events.push(event) })

describe.each([
  ['in memory', makeMemoryDocuments],
  ['in a file', () => open()],
])('documents %s', (_, make) => {
  test('are what was written last, without what was removed', () => {
    const documents = make()
    documents.change((draft) => {
      draft.write('zones/a', { name: 'a' })
      draft.write('zones/a', { name: 'b' })
      draft.write('zones/c', 1)
      draft.remove('zones/c')
      draft.remove('nothing')
    })
    expect(documents.read('zones/a')).toEqual({ name: 'b' })
    expect(documents.read('zones/c')).toBeUndefined()
    expect(documents.list('')).toEqual([['zones/a', { name: 'b' }]])
    documents.close()
  })

  test('are listed by prefix, in order, also within a change', () => {
    const documents = make()
    documents.change((draft) => {
      for (const each of ['zones/b', 'zones/a/settings/x', 'zones/a', 'tokens/a']) draft.write(each, each)
    })
    expect(documents.list('zones/a').map(([each]) => each)).toEqual(['zones/a', 'zones/a/settings/x'])
    expect(documents.list('zonf')).toEqual([])
    documents.change((draft) => {
      draft.remove('zones/a')
      draft.write('zones/aa', true)
      expect(draft.list('zones/a')).toEqual([
        ['zones/a/settings/x', 'zones/a/settings/x'],
        ['zones/aa', true],
      ])
      expect(draft.read('zones/a')).toBeUndefined()
    })
    documents.close()
  })

  test('have a revision more for each change that wrote something', () => {
    const documents = make()
    const heard: number[] = []
    const stop = documents.onChange((revision) => heard.push(revision))
    expect(documents.change((draft) => draft.read('a'))).toBeUndefined()
    documents.change((draft) => draft.write('a', 1))
    documents.change((draft) => draft.write('a', 2))
    stop()
    documents.change((draft) => draft.remove('a'))
    expect([heard, documents.revision]).toEqual([[1, 2], 3])
    documents.close()
  })

  test('are as before when the work throws', () => {
    const documents = make()
    documents.change((draft) => draft.write('a', 1))
    const work = () =>
      documents.change((draft) => {
        draft.write('a', 2)
        throw new Error('changed my mind')
      })
    expect(work).toThrow('changed my mind')
    expect([documents.read('a'), documents.revision]).toEqual([1, 1])
    expect(() => documents.change((draft) => draft.write('a', undefined))).toThrow('would be no JSON')
    documents.change((draft) => draft.write('a', 3))
    expect(documents.read('a')).toBe(3)
    documents.close()
  })

  test('cannot be changed but by a change', () => {
    const documents = make()
    const mine = { list: [1] }
    documents.change((draft) => draft.write('a', mine))
    mine.list.push(2)
    expect(documents.read('a')).toEqual({ list: [1] })
    expect(() => (documents.read('a') as { list: number[] }).list.push(3)).toThrow()
    expect(() => documents.change(() => documents.change(() => {}))).toThrow('begun within another')
    documents.close()
  })
})

describe('the file', () => {
  test('has after a restart what it had before, revision included', () => {
    const first = open()
    first.change((draft) => {
      draft.write('a', { b: [null, 'x'] })
      draft.write('c', 1)
    })
    first.change((draft) => draft.remove('c'))
    first.close()
    const second = open()
    expect([second.list(''), second.revision]).toEqual([[['a', { b: [null, 'x'] }]], 2])
    second.close()
  })

  test('that cannot be written changes nothing', () => {
    const documents = open()
    documents.change((draft) => draft.write('a', 1))
    const other = new Database(path)
    other.run(
      "CREATE TRIGGER full BEFORE INSERT ON document WHEN new.path = 'b' BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    const write = () =>
      documents.change((draft) => {
        draft.write('a', 2)
        draft.write('b', 2)
      })
    expect(write).toThrow('full')
    expect([documents.list(''), documents.revision]).toEqual([[['a', 1]], 1])
    other.close()
    documents.close()
    const again = open()
    expect([again.list(''), again.revision]).toEqual([[['a', 1]], 1])
    again.close()
  })

  test('tells of a listener that throws, and the others still hear', () => {
    const documents = open()
    const heard: number[] = []
    documents.onChange(() => {
      throw new Error('deaf')
    })
    documents.onChange((revision) => heard.push(revision))
    documents.change((draft) => draft.write('a', 1))
    expect(heard).toEqual([1])
    expect(events).toEqual([{ kind: 'unexpected', where: 'configuration listener', reason: 'Error: deaf' }])
    documents.close()
  })

  test.each([
    ['no database', () => writeFileSync(path, 'this is no database, and long enough to be read as one '.repeat(100))],
    [
      'a document that is no JSON',
      () => {
        open().close()
        const other = new Database(path)
        other.run("INSERT INTO document VALUES ('a', '{')")
        other.close()
      },
    ],
  ])('that is damaged (%s) is set aside', (_, damage) => {
    damage()
    const documents = open()
    expect(documents.list('')).toEqual([])
    documents.close()
    expect(readdirSync(join(path, '..')).some((name) => name.startsWith('config.sqlite.damaged-'))).toBe(true)
    expect(events.map(({ kind }) => kind)).toEqual(['notice'])
  })

  test('of the first layout becomes documents', () => {
    const old = new Database(path)
    old.run(`CREATE TABLE setting (zone TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, modified_on INTEGER NOT NULL,
      PRIMARY KEY (zone, id)) STRICT`)
    old.run(`INSERT INTO setting VALUES ('z', 'development_mode', '"on"', 5)`)
    old.run('PRAGMA user_version = 1')
    old.close()
    const documents = open()
    expect(documents.list('')).toEqual([['zones/z/settings/development_mode', { value: 'on', modified_on: 5 }]])
    documents.close()
  })

  test('of a newer version is left alone', () => {
    const newer = new Database(path)
    newer.run('PRAGMA user_version = 99')
    newer.close()
    expect(() => open()).toThrow(`${path} was written by a newer version of Varyant`)
  })
})

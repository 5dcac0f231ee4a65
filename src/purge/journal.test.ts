import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EdgeEvent, makeFakeClock } from '../base/index.ts'
import { makeMemoryJournal } from './journal.ts'
import type { PurgeJournal } from './journal-contract.ts'
import { openJournal } from './journal-file.ts'
import type { JournalEntry, Selector } from './selector.ts'
import { makeStoredResponse } from './stored-response.fixture.ts'

const BIRTH = 1_000_000
const tag = (name: string): Selector => ({ kind: 'tag', tag: name })

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'))
  path = join(folder, 'journal.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true }))

const tagged = (revision: number, ...tags: string[]) => makeStoredResponse({ tags, revision })

describe.each([
  ['in memory', () => makeMemoryJournal(makeFakeClock(BIRTH))],
  ['on disk', () => openJournal({ path, clock: makeFakeClock(BIRTH) })],
] as const)('a journal %s', (_, open: () => PurgeJournal) => {
  let journal: PurgeJournal
  beforeEach(() => {
    journal = open()
  })
  afterEach(() => journal.close())

  test('gives each entry the next revision', () => {
    const before = journal.revision
    expect(journal.append('zone', 'purge', [tag('a')])).toBe(before + 1)
    expect(journal.append('zone', 'invalidate', [tag('a')])).toBe(before + 2)
    expect(journal.revision).toBe(before + 2)
  })

  test('is effective for the next judgement, for responses fetched before and not for those after', () => {
    const before = journal.revision
    const revision = journal.append('zone', 'purge', [tag('a')])
    expect(journal.standing(tagged(before, 'a'))).toEqual({ kind: 'purged' })
    expect(journal.standing(tagged(before, 'b'))).toEqual({ kind: 'stands' })
    expect(journal.standing(tagged(revision, 'a'))).toEqual({ kind: 'stands' })
  })

  test('says when an invalidation was accepted', () => {
    const before = journal.revision
    journal.append('zone', 'invalidate', [tag('a')])
    expect(journal.standing(tagged(before, 'a'))).toEqual({ kind: 'invalidated', at: BIRTH })
  })

  test('a response from a revision that was never given counts as purged', () => {
    expect(journal.standing(tagged(journal.revision + 1))).toEqual({ kind: 'purged' })
  })

  test('tells listeners of an entry once it is effective', () => {
    const heard: [JournalEntry, string][] = []
    const before = journal.revision
    const stop = journal.onAppend((entry) => heard.push([entry, journal.standing(tagged(before, 'a')).kind]))
    const revision = journal.append('zone', 'purge', [tag('a')])
    stop()
    journal.append('zone', 'purge', [tag('b')])
    expect(heard).toEqual([[{ revision, zone: 'zone', action: 'purge', selectors: [tag('a')], at: BIRTH }, 'purged']])
  })

  test('forgets what was compacted', () => {
    const before = journal.revision
    const revision = journal.append('zone', 'purge', [tag('a')])
    journal.append('zone', 'purge', [tag('b')])
    expect(journal.size).toBe(2)
    journal.compact(revision)
    expect(journal.size).toBe(1)
    expect(journal.standing(tagged(before, 'a'))).toEqual({ kind: 'stands' })
    expect(journal.standing(tagged(before, 'b'))).toEqual({ kind: 'purged' })
  })
})

describe('a journal that is opened again', () => {
  const reopen = (at = BIRTH) => openJournal({ path, clock: makeFakeClock(at) })

  test('remembers its entries', () => {
    const first = reopen()
    const before = first.revision
    const revision = first.append('zone', 'invalidate', [tag('a')])
    first.close()
    const second = reopen(BIRTH + 5)
    expect(second.revision).toBe(revision)
    expect(second.standing(tagged(before, 'a'))).toEqual({ kind: 'invalidated', at: BIRTH })
    second.close()
  })

  test('goes on counting after the newest entry was compacted', () => {
    const first = reopen()
    const revision = first.append('zone', 'purge', [tag('a')])
    first.compact(revision)
    first.close()
    const second = reopen()
    expect(second.size).toBe(0)
    expect(second.append('zone', 'purge', [tag('a')])).toBe(revision + 1)
    second.close()
  })

  test('compaction of one action leaves the other on disk', () => {
    const first = reopen()
    const before = first.revision
    first.append('zone', 'purge', [tag('a')])
    first.append('zone', 'invalidate', [tag('b')])
    first.compact(first.revision, 'purge')
    first.close()
    const second = reopen()
    expect(second.standing(tagged(before, 'a'))).toEqual({ kind: 'stands' })
    expect(second.standing(tagged(before, 'b')).kind).toBe('invalidated')
    second.close()
  })

  test('a zone with too many names is everything, on disk too, and an operator is told', () => {
    const events: EdgeEvent[] = []
    const options = {
      path,
      clock: makeFakeClock(BIRTH),
      maxZoneMarks: 3,
      events: (event: EdgeEvent) => events.push(event),
    }
    const first = openJournal(options)
    const before = first.revision
    for (const name of ['a', 'b', 'c', 'd']) first.append('zone', 'invalidate', [tag(name)])
    first.append('other', 'invalidate', [tag('a')])
    expect(events.map(({ kind }) => kind)).toEqual(['notice'])
    expect(first.size).toBe(2)
    first.close()
    const second = reopen()
    expect(second.size).toBe(2)
    expect(second.standing(tagged(before, 'z'))).toEqual({ kind: 'invalidated', at: BIRTH })
    expect(second.standing(tagged(before + 4, 'z'))).toEqual({ kind: 'stands' })
    second.close()
  })

  test('an entry survives the death of the process that appended it', () => {
    const script = `
      const { openJournal } = await import(${JSON.stringify(join(import.meta.dir, 'journal-file.ts'))})
      const journal = openJournal({ path: ${JSON.stringify(path)}, clock: { now: () => ${BIRTH} } })
      journal.append('zone', 'purge', [{ kind: 'tag', tag: 'a' }])
      process.kill(process.pid, 'SIGKILL')
    `
    const died = Bun.spawnSync([process.execPath, '-e', script], { stderr: 'inherit' })
    expect(died.signalCode).toBe('SIGKILL')
    const second = reopen()
    expect(second.standing(tagged(BIRTH, 'a'))).toEqual({ kind: 'purged' })
    second.close()
  })

  test('a new file counts what was stored before it as purged', () => {
    const first = reopen()
    const revision = first.append('zone', 'purge', [tag('a')])
    first.close()
    for (const name of readdirSync(folder)) rmSync(join(folder, name))
    const second = reopen(BIRTH + 1000)
    expect(second.standing(tagged(revision))).toEqual({ kind: 'purged' })
    expect(second.standing(tagged(second.revision))).toEqual({ kind: 'stands' })
    second.close()
  })

  test('a damaged file is set aside, with a notice, and what was stored before counts as purged', () => {
    const first = reopen()
    const revision = first.append('zone', 'purge', [tag('a')])
    first.close()
    writeFileSync(path, 'no database at all, but long enough to be read as the header of one. '.repeat(100))
    const events: EdgeEvent[] = []
    const second = openJournal({ path, clock: makeFakeClock(BIRTH + 1000), events: (event) => events.push(event) })
    expect(events.map(({ kind }) => kind)).toEqual(['notice'])
    expect(readdirSync(folder)).toContain(`journal.sqlite.damaged-${BIRTH + 1000}`)
    expect(second.standing(tagged(revision))).toEqual({ kind: 'purged' })
    expect(second.append('zone', 'purge', [tag('a')])).toBe(BIRTH + 1001)
    second.close()
  })
})

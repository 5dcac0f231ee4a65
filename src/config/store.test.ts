import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EdgeEvent, type FakeClock, makeFakeClock } from '../base/index.ts'
import { openDocuments } from './documents-file.ts'
import { resolveConfig } from './resolve.ts'
import { type ConfigStore, openConfigStore } from './store.ts'
import { zoneId } from './zone-id.ts'

const START = Date.UTC(2026, 4, 4, 12)
const HOUR = 3_600_000
const ID = zoneId('example.com')
const SETTING = 'development_mode'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'varyant-test-'))
})
afterAll(() => rmSync(root, { recursive: true }))

let path: string
let clock: FakeClock
let events: EdgeEvent[]
beforeEach(() => {
  path = join(mkdtempSync(join(root, 'store-')), 'config.sqlite')
  clock = makeFakeClock(START)
  events = []
})

function open(developmentMode?: 'on' | 'off'): ConfigStore {
  const settings = developmentMode === undefined ? {} : { development_mode: developmentMode }
  const config = resolveConfig({ zones: [{ name: 'example.com', settings }, { name: 'example.org' }] })
  const sink = (event: EdgeEvent) => void events.push(event)
  const documents = openDocuments({ path, clock, events: sink })
  const store = openConfigStore({ documents, config, clock, events: sink })
  return {
    ...store,
    close: () => {
      store.close()
      documents.close()
    },
  }
}

const untilOf = (store: ConfigStore): number | undefined => store.snapshot().zones[0]?.developmentModeUntil
const stateOf = (store: ConfigStore) => {
  const { value, timeRemaining } = store.settings.find(ID, SETTING) ?? {}
  return [value, timeRemaining]
}

describe('Development Mode', () => {
  test('was never on in a new store', () => {
    const store = open()
    expect(store.settings.find(ID, SETTING)).toEqual({
      id: SETTING,
      value: 'off',
      editable: true,
      modifiedOn: undefined,
      effect: 'served',
      timeRemaining: false,
    })
    expect(untilOf(store)).toBeUndefined()
    store.close()
  })

  test('is on for three hours, in this zone only', () => {
    const store = open()
    const changed = store.settings.change(ID, [{ id: SETTING, value: 'on' }])
    expect(changed).toMatchObject({ ok: true, value: [{ value: 'on', timeRemaining: 10_800 }] })
    expect(untilOf(store)).toBe(START + 3 * HOUR)
    expect(store.snapshot().zones[1]?.developmentModeUntil).toBeUndefined()
    clock.advance(3 * HOUR - 1000)
    expect(stateOf(store)).toEqual(['on', 1])
    clock.advance(1000)
    expect(stateOf(store)).toEqual(['off', 0])
    clock.advance(5000)
    expect(stateOf(store)).toEqual(['off', -5])
    store.close()
  })

  test('is off at once when it is switched off, and counts from then', () => {
    const store = open()
    store.settings.change(ID, [{ id: SETTING, value: 'on' }])
    store.settings.change(ID, [{ id: SETTING, value: 'off' }])
    expect(untilOf(store)).toBeUndefined()
    clock.advance(2000)
    expect(stateOf(store)).toEqual(['off', -2])
    store.close()
  })

  test('survives a restart with the time that it has left', () => {
    const first = open()
    first.settings.change(ID, [{ id: SETTING, value: 'on' }])
    first.close()
    clock.advance(HOUR)
    const second = open()
    expect(untilOf(second)).toBe(START + 3 * HOUR)
    second.close()
  })

  test('in the file is on from each start, for three hours', () => {
    open('on').close()
    clock.advance(2 * HOUR)
    const store = open('on')
    expect(untilOf(store)).toBe(START + 5 * HOUR)
    store.close()
  })

  test('that the file switches off is off, whatever the API said before', () => {
    const first = open()
    first.settings.change(ID, [{ id: SETTING, value: 'on' }])
    first.close()
    const second = open('off')
    expect(stateOf(second)).toEqual(['off', 0])
    second.close()
    clock.advance(1000)
    const third = open('off')
    expect(stateOf(third)).toEqual(['off', -1])
    third.close()
  })

  test.each([['ON'], [true], [null], [undefined]])('refuses %p', (value) => {
    const store = open()
    const changed = store.settings.change(ID, [{ id: SETTING, value: value }])
    expect(changed.ok).toBe(false)
    expect(store.snapshot().revision).toBe(1)
    store.close()
  })
})

describe('the store', () => {
  test('tells listeners of each new snapshot, whose revision rises, until they stop', () => {
    const store = open()
    const heard: number[] = []
    const stop = store.onChange((snapshot) => heard.push(snapshot.revision))
    store.settings.change(ID, [{ id: SETTING, value: 'on' }])
    store.settings.change(ID, [{ id: SETTING, value: 'off' }])
    stop()
    store.settings.change(ID, [{ id: SETTING, value: 'on' }])
    expect(heard).toEqual([2, 3])
    expect(store.snapshot().revision).toBe(4)
    store.close()
  })

  test('knows no other setting and no other zone', () => {
    const store = open()
    const unknown = { ok: false, problem: { kind: 'unknown' } }
    expect(store.settings.change(ID, [{ id: 'nonsense', value: 'on' }])).toMatchObject(unknown)
    expect(store.settings.change('0'.repeat(32), [{ id: SETTING, value: 'on' }])).toMatchObject(unknown)
    expect(store.settings.find(ID, 'nonsense')).toBeUndefined()
    store.close()
  })

  test('does not change what it cannot keep, and says so', () => {
    const store = open()
    const other = new Database(path)
    other.run("CREATE TRIGGER full BEFORE INSERT ON document BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    expect(store.settings.change(ID, [{ id: SETTING, value: 'on' }])).toEqual({
      ok: false,
      problem: { kind: 'not-recorded' },
    })
    expect([stateOf(store), store.snapshot().revision]).toEqual([['off', false], 1])
    expect(events).toMatchObject([{ kind: 'unexpected', where: 'configuration store' }])
    other.close()
    store.close()
  })
})

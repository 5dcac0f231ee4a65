import { describe, expect, test } from 'bun:test'
import type { AccessRecord, EdgeEvent } from '../base/index.ts'
import { makeLineWriter } from './line-writer.ts'
import { makeTelemetry, type TelemetryOptions } from './sink.ts'

const RECORD: AccessRecord = {
  ray: '8f3a-VRY',
  at: Date.UTC(2026, 4, 4, 12),
  client: '127.0.0.1',
  method: 'GET',
  url: 'http://example.com/a.css?q=1',
  status: 200,
  cacheStatus: 'HIT',
  why: ['fresh for 60 s'],
  bytes: 5,
  durationMillis: 0.12345,
  originMillis: undefined,
}

async function written(options: Omit<TelemetryOptions, 'sink'>, ...events: EdgeEvent[]): Promise<string> {
  const texts: string[] = []
  const sink = { write: (text: string) => texts.push(text), flush: () => 0 }
  const telemetry = makeTelemetry({ coloured: false, ...options, sink })
  for (const event of events) telemetry.events(event)
  await telemetry.flush()
  return texts.join('')
}

describe('the access log', () => {
  test('is one line of JSON for each exchange', async () => {
    const text = await written({ accessLog: true }, { kind: 'access', record: RECORD })
    expect(text).toBe(
      '{"ray":"8f3a-VRY","at":"2026-05-04T12:00:00.000Z","client":"127.0.0.1","method":"GET","url":"http://example.com/a.css?q=1","status":200,"cacheStatus":"hit","why":["fresh for 60 s"],"bytes":5,"durationMillis":0.123}\n',
    )
  })

  test('has the origin time of exchanges that asked the origin', async () => {
    const text = await written({ accessLog: true }, { kind: 'access', record: { ...RECORD, originMillis: 12 } })
    expect(JSON.parse(text).originMillis).toBe(12)
  })

  test('stays one line whatever a visitor sends', async () => {
    const text = await written(
      { accessLog: true },
      { kind: 'access', record: { ...RECORD, url: '/\n{"ray":"forged"}' } },
    )
    expect(text.split('\n').length).toBe(2)
  })

  test('is silent when it is off, other events are not', async () => {
    const notice: EdgeEvent = { kind: 'notice', message: 'something' }
    expect(await written({ accessLog: false }, { kind: 'access', record: RECORD }, notice)).toBe(
      'varyant notice: something\n',
    )
  })
})

describe('an event', () => {
  const cases: readonly (readonly [EdgeEvent, string])[] = [
    [
      { kind: 'store-degraded', reason: 'disk full' },
      'varyant warning: the disk store is out of use and the cache goes on in memory: disk full\n',
    ],
    [{ kind: 'store-recovered' }, 'varyant notice: the disk store is in use again\n'],
    [
      { kind: 'store-corrupt', digest: 'ab12', reason: 'short' },
      'varyant warning: the stored body ab12 was damaged and is dropped: short\n',
    ],
    [
      { kind: 'background-failed', name: 'validate', reason: 'no\norigin\x1b[2J' },
      'varyant warning: validate failed in the background: no origin [2J\n',
    ],
    [{ kind: 'unexpected', where: 'pipeline', reason: 'x' }, 'varyant error: unexpected failure in pipeline: x\n'],
  ]
  test.each(cases)('%j is one line', async (event, expected) => {
    expect(await written({ accessLog: true }, event)).toBe(expected)
  })

  test('has a coloured label on a terminal only', async () => {
    const event: EdgeEvent = { kind: 'notice', message: 'x' }
    expect(await written({ accessLog: true, coloured: true }, event)).toBe('varyant \x1b[36mnotice\x1b[0m: x\n')
  })
})

describe('the writer of lines', () => {
  test('writes what comes in one turn of the event loop at once', async () => {
    const writes: string[] = []
    const writer = makeLineWriter({ write: (text) => writes.push(text), flush: () => 0 })
    writer.write('a')
    writer.write('b')
    expect(writes).toEqual([])
    await writer.flush()
    expect(writes).toEqual(['a\nb\n'])
  })

  test('drops and counts what a stuck reader does not take, and goes on when it reads again', async () => {
    const writes: string[] = []
    const stuck = Promise.withResolvers<void>()
    const writer = makeLineWriter({ write: (text) => writes.push(text), flush: () => stuck.promise }, 4)
    writer.write('one')
    await new Promise((resolve) => setImmediate(resolve))
    for (const line of ['two', 'three', 'four']) writer.write(line)
    expect(writes).toEqual(['one\n'])
    stuck.resolve()
    await writer.flush()
    expect(writes).toEqual(['one\n', 'two\nvaryant warning: 2 log lines were dropped: their reader is too slow\n'])
  })

  test('does not fail when its reader is gone', async () => {
    const writer = makeLineWriter({
      write: () => {
        throw new Error('EPIPE')
      },
      flush: () => Promise.reject(new Error('EPIPE')),
    })
    writer.write('a')
    await writer.flush()
    writer.write('b')
    await expect(writer.flush()).resolves.toBeUndefined()
  })
})

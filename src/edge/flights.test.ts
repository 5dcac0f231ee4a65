// Joining, leaving, and what a key is remembered for.

import { describe, expect, test } from 'bun:test'
import { EdgeError } from '../base/index.ts'
import { type Flight, type FlightHead, Flights } from './flights.ts'

const FAILED: FlightHead = { kind: 'failed', fault: new EdgeError('origin-refused') }
const FILLING = { kind: 'filling' } as FlightHead
const FRESHENED = { kind: 'freshened' } as FlightHead
const NOT_STORED = { kind: 'not-stored', why: 'private' } as FlightHead

/** A flight under the test's control. */
function launch(flights: Flights, key = 'k', revision = 1, mode: 'shared' | 'alone' = 'shared') {
  const { promise: landing, resolve: land, reject: crash } = Promise.withResolvers<void>()
  let settle: (head: FlightHead) => void = () => undefined
  const launched = flights.launch(key, revision, mode, (_, say) => {
    settle = say
    return landing
  })
  return { ...launched, settle: (head: FlightHead) => settle(head), land, crash }
}

describe('a flight is found', () => {
  test('by its key and revision', () => {
    const flights = new Flights()
    const { flight } = launch(flights)
    expect(flights.find('k', 1)).toBe(flight)
    expect(flights.find('other', 1)).toBeUndefined()
  })

  test('I1: not by a request that came after a purge', () => {
    const flights = new Flights()
    launch(flights, 'k', 1)
    expect(flights.find('k', 2)).toBeUndefined()
  })

  test('not when nobody may join it', () => {
    const flights = new Flights()
    launch(flights, 'k', 1, 'alone')
    expect(flights.find('k', 1)).toBeUndefined()
  })

  test('while its body is arriving, until it lands', async () => {
    const flights = new Flights()
    const { flight, settle, land, landed } = launch(flights)
    settle(FILLING)
    expect(flights.find('k', 1)).toBe(flight)
    land()
    await landed
    expect(flights.find('k', 1)).toBeUndefined()
  })

  test.each([FAILED, FRESHENED, NOT_STORED])('not once its head was $kind: it has nothing more to give', (head) => {
    const flights = new Flights()
    const { settle } = launch(flights)
    settle(head)
    expect(flights.find('k', 1)).toBeUndefined()
  })

  test('the newest one, whose place an older one that lands does not take', async () => {
    const flights = new Flights()
    const older = launch(flights, 'k', 1)
    const newer = launch(flights, 'k', 2)
    older.land()
    await older.landed
    expect(flights.find('k', 2)).toBe(newer.flight)
  })

  test('not after its work failed; the failure is the launcher’s to report', async () => {
    const flights = new Flights()
    const { landed, crash } = launch(flights)
    crash(new Error('broken'))
    await expect(landed).rejects.toThrow('broken')
    expect(flights.find('k', 1)).toBeUndefined()
  })
})

describe('parties', () => {
  test('all receive the one head', async () => {
    const flights = new Flights()
    const { flight, settle } = launch(flights)
    const heads = Promise.all([1, 2, 3].map(() => flights.join(flight, new AbortController().signal)))
    settle(FILLING)
    expect(await heads).toEqual([FILLING, FILLING, FILLING])
  })

  test('the last to leave before the head ends the fetch', () => {
    const flights = new Flights()
    const { flight } = launch(flights)
    const [one, two] = [joined(flights, flight), joined(flights, flight)]
    one.abort()
    expect(flight.abort.signal.aborted).toBe(false)
    expect(flights.find('k', 1)).toBe(flight)
    two.abort()
    expect(flight.abort.signal.aborted).toBe(true)
    expect(flights.find('k', 1)).toBeUndefined()
  })

  test('a party that is gone before it joins counts as one that left', () => {
    const flights = new Flights()
    const { flight } = launch(flights)
    void flights.join(flight, AbortSignal.abort())
    expect(flight.abort.signal.aborted).toBe(true)
  })

  test('after the head nobody who leaves ends it', async () => {
    const flights = new Flights()
    const { flight, settle } = launch(flights)
    const early = joined(flights, flight)
    settle(FILLING)
    const late = joined(flights, flight)
    await flight.head
    early.abort()
    late.abort()
    expect(flight.abort.signal.aborted).toBe(false)
    expect(flights.find('k', 1)).toBe(flight)
  })

  test('a party without a signal never leaves', () => {
    const flights = new Flights()
    const { flight } = launch(flights)
    void flights.join(flight, undefined)
    joined(flights, flight).abort()
    expect(flight.abort.signal.aborted).toBe(false)
  })
})

describe('requests under a key wait for one another', () => {
  test('until an answer could not be shared, and again once one could', () => {
    const flights = new Flights()
    expect(flights.mayShare('k')).toBe(true)
    launch(flights).settle(NOT_STORED)
    expect([flights.mayShare('k'), flights.mayShare('other')]).toEqual([false, true])
    launch(flights, 'k', 1, 'alone').settle(FILLING)
    expect(flights.mayShare('k')).toBe(true)
  })

  test.each([FAILED, { kind: 'deserted' } as FlightHead])('and $kind says nothing about that', (head) => {
    const flights = new Flights()
    launch(flights).settle(head)
    expect(flights.mayShare('k')).toBe(true)
    launch(flights).settle(NOT_STORED)
    launch(flights).settle(head)
    expect(flights.mayShare('k')).toBe(false)
  })

  test('and what is remembered of keys is bounded', () => {
    const flights = new Flights()
    for (let i = 0; i <= 4096; i += 1) launch(flights, `k${i}`).settle(NOT_STORED)
    expect([flights.mayShare('k0'), flights.mayShare('k4096')]).toEqual([true, false])
  })
})

describe('an outdated flight', () => {
  test('is not joined, and knows it: under the key, and under the key with selecting values', () => {
    const flights = new Flights()
    const plain = launch(flights, 'k').flight
    const selecting = launch(flights, 'k [["accept","text/html"]]').flight
    const longer = launch(flights, 'k2').flight
    const alone = launch(flights, 'k', 1, 'alone').flight
    flights.outdate('k')
    expect([plain, selecting, longer, alone].map(({ outdated }) => outdated)).toEqual([true, true, false, true])
    expect(flights.find('k', 1)).toBeUndefined()
    expect(flights.find('k2', 1)).toBe(longer)
  })
})

describe('all flights together', () => {
  test('the oldest revision among them is known until it lands', async () => {
    const flights = new Flights()
    expect(flights.oldest()).toBeUndefined()
    launch(flights, 'a', 7)
    const old = launch(flights, 'b', 3, 'alone')
    expect(flights.oldest()).toBe(3)
    old.land()
    await old.landed
    expect(flights.oldest()).toBe(7)
  })

  test('are ended by abortAll', () => {
    const flights = new Flights()
    const all = [launch(flights, 'a').flight, launch(flights, 'b', 1, 'alone').flight]
    flights.abortAll()
    expect(all.map(({ abort }) => abort.signal.aborted)).toEqual([true, true])
  })
})

/** A party of the flight, and how it leaves. */
function joined(flights: Flights, flight: Flight): AbortController {
  const client = new AbortController()
  void flights.join(flight, client.signal)
  return client
}

// Reading what others print: /proc, load generators, nginx's counter, the ready line.

import { describe, expect, test } from 'bun:test'
import { parseReadyLine } from './contenders/varyant.ts'
import { parseH2load, parseWrk } from './load.ts'
import { parseCounter } from './origin.ts'
import { micros, parseCoreTime, parseStat } from './processor.ts'

describe('/proc/PID/stat', () => {
  test('gives parent and user plus system time, whatever the command is called', () => {
    const text = '42 (a) b (c)) S 7 42 42 0 -1 4194304 1 2 3 4 100 25 0 0 20 0 5 0 99'
    expect(parseStat(text)).toEqual({ parent: 7, ticks: 125 })
  })

  test('that is cut off gives nothing', () => {
    expect(parseStat('42 (bun) S 7')).toBeUndefined()
    expect(parseStat('')).toBeUndefined()
  })
})

test('/proc/stat gives busy and stolen time of one core, idle and interrupts left out', () => {
  const text = 'cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 10 2 3 900 5 0 7 4 0 0\ncpu1 1 0 0 900 0 0 0 0 0 0\n'
  expect(parseCoreTime(text, 0)).toEqual({ busy: micros(150_000), stolen: micros(40_000) })
  expect(parseCoreTime(text, 7)).toBeUndefined()
})

const WRK = `Running 1s test @ http://127.0.0.1:1/1k.css
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Req/Sec    21.52k    17.83k   48.77k    65.00%
  42805 requests in 2.00s, 56.62MB read
`

describe('a wrk report', () => {
  for (const [title, report, requests] of [
    ['counts its requests', WRK, 42805],
    ['with failed answers counts nothing', `${WRK}  Non-2xx or 3xx responses: 1\n`, undefined],
    ['with socket errors counts nothing', `${WRK}  Socket errors: connect 0, read 1, write 0, timeout 0\n`, undefined],
    ['of no request counts nothing', '  0 requests in 2.00s, 0B read\n', undefined],
    ['that is none counts nothing', 'unable to connect', undefined],
  ] as const) {
    test(title, () => expect(parseWrk(report)).toBe(requests))
  }
})

const H2LOAD = `Application protocol: h2
finished in 1.00s, 49040.00 req/s, 51.03MB/s
requests: 49040 total, 49296 started, 49040 done, 49040 succeeded, 0 failed, 0 errored, 0 timeout
status codes: 49047 2xx, 0 3xx, 0 4xx, 0 5xx
`

describe('an h2load report', () => {
  for (const [title, report, requests] of [
    ['counts its requests', H2LOAD, 49040],
    ['over HTTP/1.1 counts nothing', H2LOAD.replace(': h2', ': http/1.1'), undefined],
    ['with failures counts nothing', H2LOAD.replace('0 failed', '3 failed'), undefined],
    ['with error statuses counts nothing', H2LOAD.replace('0 5xx', '2 5xx'), undefined],
  ] as const) {
    test(title, () => expect(parseH2load(report)).toBe(requests))
  }
})

test("nginx's counter is its third number", () => {
  const text =
    'Active connections: 2 \nserver accepts handled requests\n 12 12 345 \nReading: 0 Writing: 1 Waiting: 1 \n'
  expect(parseCounter(text)).toBe(345)
  expect(parseCounter('<html>404</html>')).toBeUndefined()
})

describe('the ready line', () => {
  const line = 'varyant ready edge=http://127.0.0.1:1 api=http://127.0.0.1:2 https=https://127.0.0.1:3'
  test('is read once it is whole', () => {
    expect(parseReadyLine(line)).toBeUndefined()
    expect(parseReadyLine(`warning\n${line}\n`)).toEqual({
      edge: 'http://127.0.0.1:1',
      api: 'http://127.0.0.1:2',
      https: 'https://127.0.0.1:3',
    })
  })
})

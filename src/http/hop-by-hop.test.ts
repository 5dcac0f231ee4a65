import { describe, expect, test } from 'bun:test'
import { connectionOptions, HOP_BY_HOP } from './hop-by-hop.ts'

describe('RFC 9110 §7.6.1: an intermediary removes the fields that Connection lists', () => {
  const table: [title: string, value: string | null | undefined, names: string[]][] = [
    ['none without the field', undefined, []],
    ['none without the field (null)', null, []],
    ['none for an empty one', '', []],
    ['names are compared without case', 'X-Secret, KEEP-ALIVE', ['x-secret', 'keep-alive']],
    ['close names no field, and dropping it harms nothing', 'close', ['close']],
    ['what is no token is no name', 'a b, "x", x-a', ['x-a']],
    ['empty elements are ignored', ',,x-a,', ['x-a']],
  ]
  test.each(table)('%s', (_, value, names) => {
    expect([...connectionOptions(value)]).toEqual(names)
  })
})

describe('"A sender MUST NOT send a connection option corresponding to a field intended for all recipients": it stays', () => {
  const kept = [
    'Cookie',
    'AUTHORIZATION',
    'Host',
    'origin',
    'Cache-Control',
    'Vary',
    'Set-Cookie',
    'Content-Length',
    'Via',
  ]
  kept.push(
    'CF-Connecting-IP',
    'X-Forwarded-For',
    'X-Forwarded-Proto',
    'CDN-Loop',
    'Access-Control-Allow-Origin',
    'Range',
  )
  kept.push('Sec-Fetch-Mode', 'CDN-Cache-Control', 'Content-Encoding', 'If-None-Match')
  test.each(kept)('%s', (name) => {
    expect([...connectionOptions(`close, ${name}`)]).toEqual(['close'])
  })
})

test('no hop-by-hop field is a field that messages need end to end', () => {
  for (const name of HOP_BY_HOP) expect([...connectionOptions(name)]).toEqual([name])
  expect(HOP_BY_HOP.has('transfer-encoding')).toBe(true)
  expect(HOP_BY_HOP.has('content-length')).toBe(false)
})

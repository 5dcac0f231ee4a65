// Cache-Tag: which tags a response has.

import { describe, expect, test } from 'bun:test'
import type { FieldList } from '../http/index.ts'
import { LINEAR_BUDGET_MILLIS, processorMillis } from './processor-time.fixture.ts'
import { CDN_INTERNAL_FIELDS, cacheTags, MAX_CACHE_TAG_BYTES, MAX_TAG_CHARACTERS, MAX_TAGS } from './tags.ts'

const tagged = (...lines: readonly string[]): FieldList => lines.map((line) => ['cache-tag', line] as const)

describe('the tags of a response', () => {
  const ROWS: readonly (readonly [title: string, lines: readonly string[], tags: readonly string[]])[] = [
    ['none without the field', [], []],
    ['none in an empty field', [''], []],
    ['members of a comma-separated list', ['a,b'], ['a', 'b']],
    ['lines are one list', ['a', 'b, c'], ['a', 'b', 'c']],
    ['case does not count', ['Locale:EN, locale:en'], ['locale:en']],
    ['whitespace around and inside is stripped', [' a ,\tb c '], ['a', 'bc']],
    ['repeated and trailing commas are dropped', [',a,,b,'], ['a', 'b']],
    ['quotes quote nothing', ['"a,b"'], ['"a', 'b"']],
    ['what is no printable ASCII is no tag', ['é, a\x01, ok'], ['ok']],
    ['the longest tag', ['x'.repeat(MAX_TAG_CHARACTERS)], ['x'.repeat(MAX_TAG_CHARACTERS)]],
    ['a longer one cannot be purged by, so it is none', ['x'.repeat(MAX_TAG_CHARACTERS + 1), 'a'], ['a']],
  ]
  test.each(ROWS)('%s', (_, lines, tags) => {
    expect(cacheTags(tagged(...lines))).toEqual(tags)
  })

  test('the first thousand count', () => {
    const names = Array.from({ length: MAX_TAGS + 1 }, (_, index) => `t${index}`)
    expect(cacheTags(tagged(names.join(',')))).toEqual(names.slice(0, MAX_TAGS))
  })

  test('a tag that the limit of the field cuts is left out, and all behind it', () => {
    const whole = Array.from({ length: 16 }, (_, index) => String(index % 10).repeat(1_000) + index)
    const before = `${whole.join(',')},`
    const fill = 'f'.repeat(MAX_CACHE_TAG_BYTES - before.length)
    expect(cacheTags(tagged(before + fill))).toEqual([...whole, fill])
    expect(cacheTags(tagged(`${before + fill},late`))).toEqual([...whole, fill])
    expect(cacheTags(tagged(`${before + fill}x,late`))).toEqual(whole)
  })

  test('any field is read in linear time', () => {
    const millis = processorMillis(() => {
      for (const piece of [',', ' ', '\t,', 'a ']) cacheTags(tagged(piece.repeat(1_000_000)))
    })
    expect(millis).toBeLessThan(LINEAR_BUDGET_MILLIS)
  })
})

test('what is between origin server and edge goes to no visitor', () => {
  const mark = 'varyant-without-smart-revalidation'
  expect([...CDN_INTERNAL_FIELDS]).toEqual(['cache-tag', 'cloudflare-cdn-cache-control', mark])
})

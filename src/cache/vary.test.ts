// Vary: what it nominates, when it refuses, and which variant fits.

import { describe, expect, test } from 'bun:test'
import type { Field, FieldList } from '../http/index.ts'
import type { VaryRule, VarySettings } from './settings.ts'
import type { Entry, Variant } from './store/contract.ts'
import type { Selecting, StoredResponse } from './stored-response.ts'
import {
  decideVary,
  excessVariants,
  type FieldReader,
  findVariant,
  MAX_VARIANTS,
  matchesSelecting,
  nominatedFields,
  originVaryFields,
  selectingFor,
} from './vary.ts'

const vary = (...lines: readonly string[]): FieldList => lines.map((line): Field => ['vary', line])

function reader(fields: Readonly<Record<string, string>>): FieldReader {
  return (name) => fields[name] ?? null
}

function settingsOf(action: VarySettings['default'], headers: Record<string, Partial<VaryRule>> = {}): VarySettings {
  const rules = Object.entries(headers).map(
    ([name, rule]) => [name, { action: 'normalize', allow: undefined, ...rule }] as const,
  )
  return { default: action, headers: Object.fromEntries(rules) }
}

const PASSTHROUGH = settingsOf('passthrough')
const NORMALIZE = settingsOf('normalize')
const BYPASS = settingsOf('bypass')

describe('nominated fields', () => {
  const ROWS: readonly (readonly [title: string, lines: readonly string[], expected: readonly string[] | '*'])[] = [
    ['no Vary nominates nothing', [], []],
    ['an empty Vary nominates nothing', [''], []],
    ['names are lower case and sorted', ['Foo, bar'], ['bar', 'foo']],
    ['lines are one list', ['b', 'a'], ['a', 'b']],
    ['a name counts once', ['a, A', 'a'], ['a']],
    ['*', ['*'], '*'],
    ['*, *', ['*, *'], '*'],
    [', *', [', *'], '*'],
    ['*, Foo', ['*, Foo'], '*'],
    ['Foo, *', ['Foo, *'], '*'],
    ['* on another line', ['', '*'], '*'],
    ['what is no field name is left out', ['foo bar, "a", b:, c'], ['c']],
  ]
  test.each(ROWS)('%s', (_, lines, expected) => {
    expect(nominatedFields(vary(...lines))).toEqual(expected)
  })
})

describe('may it be stored, and selected by what?', () => {
  const STAR = { kind: 'refuse', reason: 'vary-star' } as const
  const stored = (...nominated: readonly string[]) => ({ kind: 'store', nominated }) as const
  const gzip: Field = ['content-encoding', 'gzip']

  type Row = readonly [title: string, fields: FieldList, settings: VarySettings | undefined, expected: unknown]
  const ROWS: readonly Row[] = [
    ['unconfigured, Vary selects nothing', vary('X-A'), undefined, stored()],
    ['unconfigured, * refuses', vary('*'), undefined, STAR],
    ['configured, * refuses', vary('X-A, *'), PASSTHROUGH, STAR],
    ['configured without Vary selects nothing', [], BYPASS, stored()],
    ['configured, each field that is listed selects', vary('X-B, X-A'), PASSTHROUGH, stored('x-a', 'x-b')],
    ['bypass refuses', vary('X-A'), BYPASS, { kind: 'refuse', reason: 'vary-bypass', field: 'x-a' }],
    [
      "a field's own action beats the default",
      vary('X-A, X-B'),
      settingsOf('passthrough', { 'x-b': { action: 'bypass' } }),
      { kind: 'refuse', reason: 'vary-bypass', field: 'x-b' },
    ],
    [
      'a field that every object inherits is a field like others',
      vary('constructor'),
      NORMALIZE,
      stored('constructor'),
    ],
    ['unconfigured, Vary: Accept-Encoding selects', vary('Accept-Encoding, X-A'), undefined, stored('accept-encoding')],
    ['an encoded response is selected though it lists nothing', [gzip], undefined, stored('accept-encoding')],
    ['identity is no encoding', [['content-encoding', 'identity']], undefined, stored()],
    ['an encoded response, configured', [gzip, ...vary('X-A')], PASSTHROUGH, stored('accept-encoding', 'x-a')],
    [
      'an encoded response that lists it, configured',
      [gzip, ...vary('Accept-Encoding')],
      NORMALIZE,
      stored('accept-encoding'),
    ],
    ['a default of bypass leaves codings to the edge', vary('Accept-Encoding'), BYPASS, stored('accept-encoding')],
    [
      'bypass for Accept-Encoding itself refuses',
      vary('Accept-Encoding'),
      settingsOf('passthrough', { 'accept-encoding': { action: 'bypass' } }),
      { kind: 'refuse', reason: 'vary-bypass', field: 'accept-encoding' },
    ],
  ]
  test.each(ROWS)('%s', (_, fields, settings, expected) => {
    expect(decideVary(fields, settings) as unknown).toEqual(expected)
  })
})

describe('the value that selects', () => {
  const LANGUAGES = settingsOf('bypass', { 'accept-language': { allow: ['en', 'en-gb'] } })
  type Row = readonly [
    title: string,
    settings: VarySettings | undefined,
    name: string,
    sent: string | undefined,
    value: string | undefined,
  ]
  const ROWS: readonly Row[] = [
    ['passthrough takes the bytes', PASSTHROUGH, 'accept-language', 'en-US, fr;q=0.8', 'en-US, fr;q=0.8'],
    ['passthrough tells an empty field', PASSTHROUGH, 'x-a', '', ''],
    ['from none', PASSTHROUGH, 'x-a', undefined, undefined],
    ['normalize Accept', NORMALIZE, 'accept', 'IMAGE/webp;q=0.5, text/html;level=1', 'text/html,image/webp'],
    ['normalize Accept-Language', NORMALIZE, 'accept-language', 'fr;q=0.8, en-GB', 'en,fr'],
    ['with an allow-list', LANGUAGES, 'accept-language', 'de, en-GB, en-US', 'en,en-gb'],
    ['an empty normal form counts as absent', LANGUAGES, 'accept-language', 'de', undefined],
    ['normalize any other field', NORMALIZE, 'x-a', ' B, a, B ', 'B,a,B'],
    ['an inherited name is passed through', PASSTHROUGH, 'constructor', 'X', 'X'],
    ['Accept-Encoding selects by its class', undefined, 'accept-encoding', 'deflate, br, gzip;q=0.1', 'gzip, br'],
    ['by the class identity when absent', undefined, 'accept-encoding', undefined, 'identity'],
    ['by its class under a default of bypass', BYPASS, 'accept-encoding', 'gzip, zstd', 'gzip'],
    ['by its normal form under normalize', NORMALIZE, 'accept-encoding', 'gzip;q=0.5, ZSTD', 'zstd,gzip'],
    ['by its bytes under passthrough', PASSTHROUGH, 'accept-encoding', 'gzip, ZSTD', 'gzip, ZSTD'],
  ]
  test.each(ROWS)('%s', (_, settings, name, sent, value) => {
    const field = reader(sent === undefined ? {} : { [name]: sent })
    expect(selectingFor([name], field, settings)).toEqual([[name, value]])
  })

  test('a request matches when every value does', () => {
    const selecting = selectingFor(['x-a', 'x-b'], reader({ 'x-a': '1', 'x-b': '2' }), PASSTHROUGH)
    expect(matchesSelecting(selecting, reader({ 'x-a': '1', 'x-b': '2' }), PASSTHROUGH)).toBe(true)
    expect(matchesSelecting(selecting, reader({ 'x-a': '1', 'x-b': '3' }), PASSTHROUGH)).toBe(false)
    expect(matchesSelecting(selecting, reader({ 'x-a': '1' }), PASSTHROUGH)).toBe(false)
    expect(matchesSelecting([], reader({}), PASSTHROUGH)).toBe(true)
  })
})

describe('find a variant', () => {
  const entry = (...selectings: readonly Selecting[]): Entry => ({
    key: 'k',
    variants: selectings.map((selecting, index) => variant(String(index), selecting)),
  })
  const idOf = (found: Variant | undefined): string | undefined => found?.response.id
  const by = (value: string | undefined): Selecting => [['x-a', value]]

  test('the newest of those that fit', () => {
    const three = entry(by('2'), by('1'), by('1'))
    expect(idOf(findVariant(three, reader({ 'x-a': '1' }), PASSTHROUGH))).toBe('1')
    expect(idOf(findVariant(three, reader({ 'x-a': '2' }), PASSTHROUGH))).toBe('0')
    expect(findVariant(three, reader({}), PASSTHROUGH)).toBeUndefined()
  })

  test('one without selecting fields fits every request', () => {
    expect(idOf(findVariant(entry([]), reader({}), PASSTHROUGH))).toBe('0')
    expect(idOf(findVariant(entry(by('1'), []), reader({}), PASSTHROUGH))).toBe('1')
  })

  test('each field of the request is read once, however many variants there are', () => {
    const reads: string[] = []
    const many = entry(...Array.from({ length: 100 }, (_, index) => by(String(index))))
    const field: FieldReader = (name) => {
      reads.push(name)
      return null
    }
    expect(findVariant(many, field, PASSTHROUGH)).toBeUndefined()
    expect(reads).toEqual(['x-a'])
  })

  test('an encoded variant goes only to a client that takes its coding', () => {
    const compressed = entry(selectingFor(['accept-encoding'], reader({ 'accept-encoding': 'br' }), undefined))
    expect(findVariant(compressed, reader({}), undefined)).toBeUndefined()
    expect(findVariant(compressed, reader({ 'accept-encoding': 'br;q=0, gzip' }), undefined)).toBeUndefined()
    expect(idOf(findVariant(compressed, reader({ 'accept-encoding': 'deflate, br' }), undefined))).toBe('0')
  })

  test('a key keeps its newest variants', () => {
    const many = entry(...Array.from({ length: MAX_VARIANTS + 2 }, (_, index) => by(String(index))))
    expect(excessVariants(many).map(idOf)).toEqual([String(MAX_VARIANTS), String(MAX_VARIANTS + 1)])
    expect(excessVariants(entry([]))).toEqual([])
  })
})

describe('what the origin server is sent instead', () => {
  const ACCEPTING = { 'accept-encoding': 'gzip, br' }
  type Row = readonly [
    title: string,
    settings: VarySettings | undefined,
    sent: Readonly<Record<string, string>>,
    respectStrongEtags: boolean,
    rewrites: readonly (readonly [string, string | undefined])[],
  ]
  const ROWS: readonly Row[] = [
    ['nothing when all is plain', undefined, ACCEPTING, false, []],
    [
      'the class of Accept-Encoding',
      undefined,
      { 'accept-encoding': 'gzip, deflate, br, zstd' },
      false,
      [['accept-encoding', 'gzip, br']],
    ],
    ['identity when the client sent none', undefined, {}, false, [['accept-encoding', 'identity']]],
    [
      'the class, however it is configured',
      NORMALIZE,
      { 'accept-encoding': 'br, gzip' },
      false,
      [['accept-encoding', 'gzip, br']],
    ],
    [
      'its normal form with respect_strong_etags',
      NORMALIZE,
      { 'accept-encoding': 'gzip;q=0.5, zstd' },
      true,
      [['accept-encoding', 'zstd,gzip']],
    ],
    [
      'identity when the normal form is empty',
      NORMALIZE,
      { 'accept-encoding': '' },
      true,
      [['accept-encoding', 'identity']],
    ],
    ['its bytes with respect_strong_etags and passthrough', PASSTHROUGH, { 'accept-encoding': 'zstd' }, true, []],
    [
      'the class with respect_strong_etags, unconfigured',
      undefined,
      { 'accept-encoding': 'zstd' },
      true,
      [['accept-encoding', 'identity']],
    ],
    [
      'Accept and Accept-Language in normal form',
      NORMALIZE,
      { ...ACCEPTING, accept: 'A/B;q=0.5, c/d', 'accept-language': 'en-US' },
      false,
      [
        ['accept', 'c/d,a/b'],
        ['accept-language', 'en'],
      ],
    ],
    ['nothing for what is in normal form', NORMALIZE, { ...ACCEPTING, accept: 'a/b' }, false, []],
    [
      'an empty normal form removes the field',
      settingsOf('bypass', { accept: { allow: ['text/html'] } }),
      { ...ACCEPTING, accept: 'a/b' },
      false,
      [['accept', undefined]],
    ],
    ['nothing for passthrough', PASSTHROUGH, { ...ACCEPTING, accept: 'A/B' }, false, []],
    ['nothing for bypass', BYPASS, { ...ACCEPTING, accept: 'A/B' }, false, []],
    ['nothing for another field', NORMALIZE, { ...ACCEPTING, 'x-a': ' B,  a' }, false, []],
  ]
  test.each(ROWS)('%s', (_, settings, sent, respectStrongEtags, rewrites) => {
    expect(originVaryFields(settings, reader(sent), respectStrongEtags)).toEqual(rewrites)
  })
})

describe('I1: one variant is one answer of the origin server', () => {
  const VALUES = [
    undefined,
    '',
    'gzip',
    'br',
    'zstd',
    'gzip, br',
    'br,gzip',
    'gzip;q=0',
    '*',
    '*;q=0',
    'x-gzip',
    'identity;q=0',
    'GZIP',
  ]
  const CONFIGURATIONS = [undefined, BYPASS, PASSTHROUGH, NORMALIZE, settingsOf('bypass', { 'accept-encoding': {} })]

  test.each([false, true])('requests that select the same are sent the same (respect_strong_etags: %p)', (respects) => {
    for (const settings of CONFIGURATIONS) {
      const received = new Map<string, Set<string | null>>()
      for (const value of VALUES) {
        const field = reader(value === undefined ? {} : { 'accept-encoding': value })
        const selected = JSON.stringify(selectingFor(['accept-encoding'], field, settings))
        const rewrite = originVaryFields(settings, field, respects).find(([name]) => name === 'accept-encoding')
        const sent = rewrite === undefined ? (value ?? null) : (rewrite[1] ?? null)
        received.set(selected, (received.get(selected) ?? new Set()).add(sent))
      }
      for (const sent of received.values()) expect(sent.size).toBe(1)
    }
  })
})

function variant(id: string, selecting: Selecting): Variant {
  const response = { id, selecting } as unknown as StoredResponse
  return { response, checkedRevision: 0, invalidatedAt: undefined, grantsVoid: false, used: false, prepared: undefined }
}

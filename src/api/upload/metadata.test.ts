import { describe, expect, test } from 'bun:test'
import type { Form } from '../body.ts'
import { readMetadata } from './metadata.ts'

const formOf = (...parts: readonly (readonly [string, string])[]): Form =>
  parts.map(([name, text]) => ({ name, fileName: undefined, type: '', content: new TextEncoder().encode(text) }))

/** Without the prototypes that the reader leaves out. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('metadata', () => {
  test('of JSON is read', () => {
    expect(readMetadata(formOf(['metadata', '{"main_module":"a.js"}']))).toEqual({
      ok: true,
      value: { main_module: 'a.js' },
    })
  })

  test('in brackets is read, lists of objects too', () => {
    const read = readMetadata(
      formOf(
        ['metadata[main_module]', 'a.js'],
        ['files[]', 'x'],
        ['metadata[bindings][][type]', 'plain_text'],
        ['metadata[bindings][][name]', 'A'],
        ['metadata[bindings][][type]', 'json'],
        ['metadata[bindings][][name]', 'B'],
        ['metadata[bindings][][json][deep][er]', '1'],
        ['metadata[bindings][][json][deep][est]', '2'],
        ['metadata[flags][]', 'x'],
        ['metadata[flags][]', 'y'],
      ),
    )
    expect(read.ok && plain(read.value)).toEqual({
      main_module: 'a.js',
      bindings: [
        { type: 'plain_text', name: 'A' },
        { type: 'json', name: 'B', json: { deep: { er: '1', est: '2' } } },
      ],
      flags: ['x', 'y'],
    })
  })

  test('cannot reach a prototype', () => {
    const read = readMetadata(
      formOf(['metadata[__proto__][polluted]', 'yes'], ['metadata[constructor][prototype][x]', 'y']),
    )
    expect(read.ok).toBe(true)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  test.each<[string, Form]>([
    ['none at all', formOf(['files', 'x'])],
    ['what is no JSON', formOf(['metadata', '{'])],
    ['an array', formOf(['metadata', '[]'])],
    ['a string', formOf(['metadata', '"x"'])],
    ['null', formOf(['metadata', 'null'])],
    ['a value twice', formOf(['metadata[a]', '1'], ['metadata[a]', '2'])],
    ['a value that is an object, too', formOf(['metadata[a]', '1'], ['metadata[a][b]', '2'])],
    ['an object that is a list, too', formOf(['metadata[a][b]', '1'], ['metadata[a][]', '2'])],
    ['a list that is an object, too', formOf(['metadata[a][]', '1'], ['metadata[a][b]', '2'])],
    ['a list at its root', formOf(['metadata[]', '1'])],
    ['a hundred levels', formOf([`metadata${'[a]'.repeat(100)}`, '1'])],
  ])('is not %s', (_, form) => {
    expect(readMetadata(form).ok).toBe(false)
  })

  test('of many parts takes no longer than their number', () => {
    const parts = Array.from({ length: 20_000 }, () => ['metadata[a][][b]', 'x'] as const)
    const read = readMetadata(formOf(...parts))
    expect(read.ok && (read.value.a as unknown[]).length).toBe(20_000)
  })
})

import { describe, expect, test } from 'bun:test'
import { compileFilter, compileValue } from '../rules/index.ts'
import { SCHEME } from './fields.ts'
import { rulesReference } from './reference.ts'

const { functions, fields, phases } = rulesReference()

describe('an example of the documentation compiles', () => {
  test.each(functions.map(({ signature, example }) => [signature, example] as const))('%s', (_, example) => {
    const filter = compileFilter(example, SCHEME)
    const value = compileValue(example, SCHEME)
    expect(filter.ok || value.ok ? '' : filter.problem[0]?.text).toBe('')
  })
})

test('every field can be used somewhere, or is named among those that cannot be known', () => {
  const useless = fields.filter(
    ({ filters, values, unknownAs }) => unknownAs === undefined && filters.length + values.length === 0,
  )
  expect(useless.map(({ name }) => name)).toEqual([])
})

test('every phase has a product and an action', () => {
  expect(phases.every(({ product, actions }) => product !== '' && actions.length > 0)).toBe(true)
})

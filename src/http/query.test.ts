import { describe, expect, test } from 'bun:test'
import { queryParameters, sortQuery } from './query.ts'

describe('parameters are sorted by name, then by value', () => {
  const table: [title: string, query: string, sorted: string][] = [
    ['by name', '?b=1&a=2', '?a=2&b=1'],
    ['by value for one name', '?word=beta&word=alpha', '?word=alpha&word=beta'],
    ['bytes, not letters: upper case first', '?a=1&B=2', '?B=2&a=1'],
    ['bytes, not numbers', '?n=10&n=9', '?n=10&n=9'],
    ['the name alone decides first: a before a-b', '?a-b=1&a=2', '?a=2&a-b=1'],
    ['a bare name before an empty value', '?a=&a&a=1', '?a&a=&a=1'],
    ['the value begins at the first "="', '?a=b=2&a=b=1', '?a=b=1&a=b=2'],
    ['empty parameters stay, in front', '?b&&a&', '?&&a&b'],
    ['nothing is decoded', '?%62=1&a=2', '?%62=1&a=2'],
    ['one parameter', '?a', '?a'],
    ['an empty query', '?', '?'],
    ['none', '', ''],
  ]
  test.each(table)('%s', (_, query, sorted) => {
    expect(sortQuery(query)).toBe(sorted)
  })
  test('every order of the same parameters is one query', () => {
    const orders = ['?a=1&b=2&a', '?a&a=1&b=2', '?b=2&a&a=1', '?b=2&a=1&a']
    expect(new Set(orders.map(sortQuery)).size).toBe(1)
  })
})

test('parameters keep order, duplicates and spelling; empty ones are left out', () => {
  expect(queryParameters('?b=2&a&&a=&A=x=y&=z')).toEqual([
    ['b', '2', 'b=2'],
    ['a', undefined, 'a'],
    ['a', '', 'a='],
    ['A', 'x=y', 'A=x=y'],
    ['', 'z', '=z'],
  ])
  expect(queryParameters('')).toEqual([])
  expect(queryParameters('?')).toEqual([])
})

import { expect, test } from 'bun:test'
import { keyParts } from './key-parts.ts'

test.each([
  ['z http://a/x', [['zone', 'z'], ['url', 'http://a/x']]],
  ['z origin=https://a.example http://b/x?y=%41', [['zone', 'z'], ['origin', 'https://a.example'], ['url', 'http://b/x?y=%41']]],
  ['z no-query origin=null http://b/x', [['zone', 'z'], ['query', 'left out'], ['origin', 'null'], ['url', 'http://b/x']]],
  ['z custom:q x-a=a%20b%u0141 http://b/x', [['zone', 'z'], ['shape', 'custom:q'], ['x-a', 'a b\u0141'], ['url', 'http://b/x']]],
  ['z ~http://b/%C3%A4', [['zone', 'z'], ['url', 'http://b/\u00c3\u00a4']]],
  ['', [['url', '']]],
])('%s', (key, parts) => {
  expect(keyParts(key).map(({ name, value }) => [name, value])).toEqual(parts)
}) // biome-ignore format: a table

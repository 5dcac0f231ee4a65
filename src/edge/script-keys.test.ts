// Keys of scripts: each form apart from the others, whatever the texts in it.

import { expect, test } from 'bun:test'
import { chosenKey, namedCacheKey, outsideKey } from './script-keys.ts'

const KEY = '0123abcd http://b.example.com/a.css'

test.each([
  ['outside', outsideKey(KEY), 'outside 0123abcd http://b.example.com/a.css'],
  ['a named cache', namedCacheKey('my cache=1', KEY), 'cache=my%20cache%3D1 0123abcd http://b.example.com/a.css'],
  ['a chosen key', chosenKey('0123abcd', 'a b é'), '0123abcd cf-key=a%20b%20%C3%A9'],
  [
    'a chosen key that looks like a URL',
    chosenKey('0123abcd', 'http://b.example.com/a.css'),
    '0123abcd cf-key=http%3A%2F%2Fb.example.com%2Fa.css',
  ],
])('%s', (_title, made, expected) => {
  expect(made).toBe(expected)
})

test('no two forms are one', () => {
  const made = [
    KEY,
    outsideKey(KEY),
    namedCacheKey('outside', KEY),
    outsideKey(namedCacheKey('a', KEY)),
    chosenKey('0123abcd', KEY),
  ]
  expect(new Set(made).size).toBe(made.length)
})

import { describe, expect, test } from 'bun:test'
import { withoutOriginControl } from './downstream.ts'

describe('with Origin Cache Control off a browser gets', () => {
  test.each([
    ['what came, to the letter', 'max-age=60,  public', false, 'max-age=60,  public'],
    ['no immutable', 'max-age=60, Immutable', false, 'max-age=60'],
    ['private as long as no browser TTL is set', 'private, max-age=60', false, 'private, max-age=60'],
    ['no private beside a browser TTL', 'private, max-age=60', true, 'max-age=60'],
    ['no private that names fields beside a browser TTL', 'private="x-a, x-b", max-age=60', true, 'max-age=60'],
    ['nothing when nothing is left', 'immutable', false, undefined],
  ] as const)('%s', (_, sent, hasBrowserTtl, received) => {
    expect(withoutOriginControl(sent, hasBrowserTtl)).toBe(received)
  })
})

// What `cf` options say about a response, as edits.

import { describe, expect, test } from 'bun:test'
import { applyCacheResponse } from '../rulesets/index.ts'
import { NO_KNOBS } from '../runtime/index.ts'
import { knobEdits } from './knob-edits.ts'

type Fields = readonly (readonly [string, string])[]

const RESPONSE: Fields = [
  ['cache-control', 'no-store, max-age=1'],
  ['etag', '"v"'],
  ['last-modified', 'Mon, 04 May 2026 12:00:00 GMT'],
  ['cache-tag', 'own'],
]

/** By what the edge judges a response, and what goes on to the script. */
function edited(knobs: Partial<typeof NO_KNOBS>) {
  const edits = knobEdits({ ...NO_KNOBS, ...knobs })
  if (edits === undefined) return undefined
  const { judged, passed } = applyCacheResponse(RESPONSE as never, edits)
  return { judged: Object.fromEntries(judged), passed: Object.fromEntries(passed) }
}

describe('options', () => {
  test('that say nothing change nothing', () => {
    expect(edited({})).toBeUndefined()
  })

  test('cacheControl stands in for Cache-Control, for the edge alone', () => {
    const { judged, passed } = edited({ cacheControl: 'max-age=60, Public, nonsense' }) ?? {}
    expect(judged?.['cache-control']?.split(', ').toSorted()).toEqual(['max-age=60', 'public'])
    expect(passed?.['cache-control']).toBe('no-store, max-age=1')
  })

  test('cacheTags are added to those of the response', () => {
    expect(edited({ cacheTags: ['mine'] })?.judged['cache-tag']).toBe('own,mine')
  })

  test('strip takes fields out', () => {
    const { passed } = edited({ stripEtags: true, stripLastModified: true }) ?? {}
    expect(Object.keys(passed ?? {})).toEqual(['cache-control', 'cache-tag'])
  })
})

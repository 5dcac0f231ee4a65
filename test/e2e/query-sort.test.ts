// Query String Sort: the order of parameters does not matter, and the origin receives them sorted.
// CF cache/advanced-configuration/query-string-sort

import { describe, expect, test } from 'bun:test'
import { type SceneOptions, type SharingRow, share, startScene } from '../support/edge/index.ts'

describe('Query String Sort', () => {
  const SORTED: readonly SharingRow[] = [
    ['the order of parameters does not matter', ['/a.css?b=2&a=1'], ['/a.css?a=1&b=2'], true],
    ["nor the order of one parameter's values", ['/a.css?w=beta&w=alpha'], ['/a.css?w=alpha&w=beta'], true],
    ['values still do', ['/a.css?a=1'], ['/a.css?a=2'], false],
  ]
  test.each(SORTED)('by the zone setting: %s', async (_, first, second, expected) => {
    expect(await share({ settings: { sort_query_string_for_cache: 'on' } }, first, second)).toBe(expected)
  })
  test.each(SORTED)('by a rule: %s', async (_, first, second, expected) => {
    expect(await share({ cache: { cache_key: { ignore_query_strings_order: true } } }, first, second)).toBe(expected)
  })

  test('the sorted query is also what the origin receives, though nothing is stored', async () => {
    await using scene = await startScene({ settings: { sort_query_string_for_cache: 'on' } })
    scene.origin.on('*', { fields: [['Cache-Control', 'no-store']], body: 'x' })
    await scene.get('/a.css?word=beta&b=&word=alpha&a')
    expect(scene.origin.requests[0]?.target).toBe('/a.css?a&b=&word=alpha&word=beta')
  })

  test('a rule can turn the setting off again', async () => {
    const options: SceneOptions = {
      settings: { sort_query_string_for_cache: 'on' },
      cache: { cache_key: { ignore_query_strings_order: false } },
    }
    expect(await share(options, ['/a.css?b=2&a=1'], ['/a.css?a=1&b=2'])).toBe(false)
  })
})

// What tells two stored responses apart when nothing is configured.  CF cache/how-to/cache-keys

import { describe, expect, test } from 'bun:test'
import { type SharingRow, share } from '../support/edge/index.ts'

describe('the default key', () => {
  const ROWS: readonly SharingRow[] = [
    ['has the query', ['/a.css?v=1'], ['/a.css?v=2'], false],
    ['has the order of the query', ['/a.css?a=1&b=2'], ['/a.css?b=2&a=1'], false],
    ['has the case of the path', ['/a.css'], ['/A.css'], false],
    ['has the host', ['/a.css'], ['/a.css', [['Host', 'other.example.com']]], false],
    ['has not the case of the host', ['/a.css'], ['/a.css', [['Host', 'EXAMPLE.com']]], true],
    ['has Origin', ['/a.css', [['Origin', 'https://a.example']]], ['/a.css', [['Origin', 'https://b.example']]], false],
    ['tells no Origin from one', ['/a.css'], ['/a.css', [['Origin', 'https://b.example']]], false],
    ['tells Origin null from none', ['/a.css'], ['/a.css', [['Origin', 'null']]], false],
    ['has X-HTTP-Method-Override', ['/a.css'], ['/a.css', [['X-HTTP-Method-Override', 'DELETE']]], false],
    ['has X-HTTP-Method', ['/a.css'], ['/a.css', [['X-HTTP-Method', 'DELETE']]], false],
    ['has X-Method-Override', ['/a.css'], ['/a.css', [['X-Method-Override', 'DELETE']]], false],
    ['has X-Forwarded-Host', ['/a.css'], ['/a.css', [['X-Forwarded-Host', 'evil.example']]], false],
    ['has X-Host', ['/a.css'], ['/a.css', [['X-Host', 'evil.example']]], false],
    ['has X-Original-URL', ['/a.css'], ['/a.css', [['X-Original-URL', '/evil']]], false],
    ['has X-Rewrite-URL', ['/a.css'], ['/a.css', [['X-Rewrite-URL', '/evil']]], false],
    ['has Forwarded', ['/a.css'], ['/a.css', [['Forwarded', 'host=evil.example']]], false],
    ['has an odd X-Forwarded-Scheme', ['/a.css'], ['/a.css', [['X-Forwarded-Scheme', 'nothttps']]], false],
    ['has not X-Forwarded-Scheme: https', ['/a.css'], ['/a.css', [['X-Forwarded-Scheme', 'https']]], true],
    ['has not Cookie', ['/a.css'], ['/a.css', [['Cookie', 'a=1']]], true],
    ['has not User-Agent', ['/a.css'], ['/a.css', [['User-Agent', 'iPhone']]], true],
    ['has not Accept-Encoding', ['/a.css'], ['/a.css', [['Accept-Encoding', 'br']]], true],
    ['has not Accept-Language', ['/a.css'], ['/a.css', [['Accept-Language', 'de']]], true],
  ]
  test.each(ROWS)('%s', async (_, first, second, expected) => {
    expect(await share({}, first, second)).toBe(expected)
  })
})

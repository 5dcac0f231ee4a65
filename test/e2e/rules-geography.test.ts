// Where a visitor is: in rules, in the key, and in a purge.  CF cache/how-to/cache-keys (user.geo)

import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { headerRule, play, setRules, startScene, ZONE } from '../support/edge/index.ts'
import { makeScratch } from '../support/index.ts'
import { makeMmdb } from '../support/mmdb.ts'

const URL_A = `http://${ZONE}/a`

test('a database of addresses tells rules, the key and the origin server the country', async () => {
  await using scratch = await makeScratch()
  const geoip = join(scratch.path, 'city.mmdb')
  writeFileSync(geoip, makeMmdb({ '127.0.0.0/8': { country: { iso_code: 'PT' } } }))
  const managed_headers = { managed_request_headers: [{ id: 'add_visitor_location_headers', enabled: true }] }
  await using scene = await startScene({
    cache: { cache: true, cache_key: { custom_key: { user: { geo: true } } } },
    config: { edge: { http: '127.0.0.1:0', geoip } },
    zone: { managed_headers },
  })
  scene.origin.on('*', {
    fields: [
      ['Cache-Control', 'max-age=60'],
      ['Content-Type', 'a/b'],
    ],
    body: 'x',
  })
  const country = headerRule({ 'X-Country': { operation: 'set', expression: 'ip.src.country' } })
  await setRules(scene, 'http_response_headers_transform', country)
  await play(scene, [
    { get: '/a', fields: [['CF-IPCountry', 'DE']], cache: 'MISS', has: { 'x-country': 'PT' } },
    { get: '/a', cache: 'HIT', has: { 'x-country': 'PT' } },
  ])
  expect(scene.origin.requests[0]?.field('cf-ipcountry')).toBe('PT')
  await scene.purge({ files: [{ url: URL_A, headers: { 'CF-IPCountry': 'DE' } }] })
  await play(scene, [{ get: '/a', cache: 'HIT' }])
  await scene.purge({ files: [{ url: URL_A, headers: { 'CF-IPCountry': 'PT' } }] })
  await play(scene, [{ get: '/a', cache: 'MISS' }])
})

test('without a database nobody’s country is known, and nobody can say one', async () => {
  await using scene = await startScene({ cache: { cache: true, cache_key: { custom_key: { user: { geo: true } } } } })
  scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  await play(scene, [
    { get: '/a', fields: [['CF-IPCountry', 'DE']], cache: 'MISS' },
    { get: '/a', fields: [['CF-IPCountry', 'PT']], cache: 'HIT' },
  ])
})

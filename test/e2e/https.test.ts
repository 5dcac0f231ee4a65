// The TLS listener: the same cache behind it, and an origin that is told how the visitor came.

import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Edge, startEdge, ZONE } from '../support/edge/index.ts'
import { get, makeScratch, makeSelfSigned, type Origin, startOrigin } from '../support/index.ts'

describe('https', () => {
  let edge: Edge
  let origin: Origin
  let scratch: Awaited<ReturnType<typeof makeScratch>>

  beforeAll(async () => {
    scratch = await makeScratch()
    const certificate = makeSelfSigned()
    const [cert, key] = [join(scratch.path, 'cert.pem'), join(scratch.path, 'key.pem')]
    await Bun.write(cert, certificate.cert)
    await Bun.write(key, certificate.key)
    origin = await startOrigin()
    origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    edge = await startEdge({
      zones: [{ name: ZONE, origins: { '*': origin.url }, settings: { browser_cache_ttl: 0 } }],
      config: { edge: { http: '127.0.0.1:0', https: '127.0.0.1:0', tls: [{ cert, key }] } },
    })
  })
  afterAll(async () => {
    await edge.stop()
    await origin.close()
    await scratch[Symbol.asyncDispose]()
  })

  test('serves the zone, and tells the origin that the visitor came by https', async () => {
    const answer = await get(`${edge.httpsUrl}/page`, [['Host', ZONE]])
    expect([answer.status, answer.text]).toEqual([200, 'x'])
    const request = origin.requests.at(-1)
    expect([request?.field('x-forwarded-proto'), request?.field('cf-visitor')]).toEqual(['https', '{"scheme":"https"}'])
  })

  test('the default key has the scheme used to the origin: both schemes share one stored response', async () => {
    expect((await get(`${edge.httpsUrl}/a.css`, [['Host', ZONE]])).cacheStatus).toBe('MISS')
    expect((await get(`${edge.url}/a.css`, [['Host', ZONE]])).cacheStatus).toBe('HIT')
  })
})

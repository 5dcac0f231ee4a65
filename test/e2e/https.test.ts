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
      zones: [
        {
          name: ZONE,
          origins: { '*': origin.url },
          settings: { browser_cache_ttl: 0 },
          rules: [
            {
              expression: 'starts_with(http.request.uri.path, "/varying")',
              action_parameters: { cache: true, vary: { default: { action: 'passthrough' } } },
            },
          ],
        },
      ],
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

  test.each(['X-Forwarded-Proto', 'CF-Visitor'])('an answer that varies by %s is for one of them', async (name) => {
    const path = `/varying/${name}`
    origin.on(path, (request) => ({
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Vary', name],
      ],
      body: request.field('x-forwarded-proto') ?? '',
    }))
    const seen: unknown[] = []
    for (const url of [edge.url, edge.httpsUrl, edge.url, edge.httpsUrl]) {
      const answer = await get(`${url}${path}`, [['Host', ZONE]])
      seen.push([answer.text, answer.cacheStatus])
    }
    expect(seen).toEqual([
      ['http', 'MISS'],
      ['https', 'MISS'],
      ['http', 'HIT'],
      ['https', 'HIT'],
    ])
    // What a visitor says of itself selects nothing.
    const forged = await get(`${edge.url}${path}`, [
      ['Host', ZONE],
      [name, name === 'CF-Visitor' ? '{"scheme":"https"}' : 'https'],
    ])
    expect(forged.text).toBe('http')
  })
})

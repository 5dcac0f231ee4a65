// What survives a stop, and a kill in the middle of everything.

import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { until, zoneId } from '../support/edge/index.ts'
import {
  type ClientResponse,
  type EdgeProcess,
  get,
  makeScratch,
  request,
  startEdgeProcess,
  startOrigin,
} from '../support/index.ts'

const ANSWER = { fields: [['Cache-Control', 'max-age=86400']], body: 'stored' } as const

/** GET with a Host that stays the same over restarts, though the port does not. */
function getFrom(edge: EdgeProcess, target: string): Promise<ClientResponse> {
  return get(`${edge.edgeUrl}${target}`, [['Host', 'localhost']])
}

/** An edge process over a data directory that outlives it. */
function start(data: string, originUrl: string): Promise<EdgeProcess> {
  return startEdgeProcess({
    args: ['--origin', originUrl, '--listen', '127.0.0.1:0', '--api', '127.0.0.1:0', '--data', data],
  })
}

describe('the process', () => {
  test('says that it is ready in one line, drains on SIGTERM and exits 0', async () => {
    await using scratch = await makeScratch()
    await using origin = await startOrigin()
    origin.on('*', ANSWER)
    await using edge = await start(join(scratch.path, 'data'), origin.url)
    const gate = origin.hold('/slow.css')
    const answer = getFrom(edge, '/slow.css')
    await gate.arrived()
    const stopped = edge.stop('SIGTERM')
    gate.release()
    expect((await answer).text).toBe('stored')
    expect(await stopped).toBe(0)
    expect(edge.stdout.length).toBe(1)
  }, 30_000)

  test('keeps what it stored and what it purged through kill -9', async () => {
    await using scratch = await makeScratch()
    await using origin = await startOrigin()
    const data = join(scratch.path, 'data')
    let turn = 0
    origin.on('*', () => {
      turn += 1
      return { ...ANSWER, body: `answer ${turn}` }
    })
    {
      await using edge = await start(data, origin.url)
      await getFrom(edge, '/kept.css')
      await getFrom(edge, '/purged.css')
      await edge.stop('SIGTERM')
    }
    {
      await using edge = await start(data, origin.url)
      expect((await getFrom(edge, '/kept.css')).cacheStatus).toBe('HIT')
      const purged = await request(`${edge.apiUrl}/client/v4/zones/${zoneId('localhost')}/purge_cache`, {
        method: 'POST',
        fields: [
          ['Authorization', `Bearer ${edge.token}`],
          ['Content-Type', 'application/json'],
        ],
        body: JSON.stringify({ files: ['http://localhost/purged.css'] }),
      })
      expect(purged.status).toBe(200)
      await edge.stop('SIGKILL')
    }
    await using edge = await start(data, origin.url)
    const kept = await getFrom(edge, '/kept.css')
    expect([kept.cacheStatus, kept.text]).toEqual(['HIT', 'answer 1'])
    expect((await getFrom(edge, '/purged.css')).cacheStatus).toBe('MISS')
  }, 60_000)

  test('after a kill in the middle of a fill no torn body is served', async () => {
    await using scratch = await makeScratch()
    await using origin = await startOrigin()
    const data = join(scratch.path, 'data')
    const content = Buffer.alloc(4 * 1024 * 1024, 'x')
    let whole = false
    origin.on('/big.css', async (_, response) => {
      if (whole) return { ...ANSWER, body: content }
      const writer = await response.start(
        { fields: [...ANSWER.fields, ['Content-Length', String(content.length)]] },
        'length',
      )
      await writer.write(content.subarray(0, content.length / 2))
      return undefined
    })
    {
      await using edge = await start(data, origin.url)
      const answer = getFrom(edge, '/big.css').catch(() => undefined)
      await origin.waitForRequests(1)
      await until('the fill is under way', async () => (await getFrom(edge, '/robots.txt')).status > 0)
      await edge.stop('SIGKILL')
      await answer
    }
    whole = true
    await using edge = await start(data, origin.url)
    const answer = await getFrom(edge, '/big.css')
    expect([answer.cacheStatus, answer.body.length]).toEqual(['MISS', content.length])
  }, 60_000)
})

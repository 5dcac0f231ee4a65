// What the configuration says is what visitors get: hosts and zones, and what survives a restart.

import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { makeFakeClock } from '../../src/base/index.ts'
import { START_OF_TIME, startEdge, zoneId } from '../support/edge/index.ts'
import { get, makeScratch, type Origin, startOrigin } from '../support/index.ts'

const SETTING = `/zones/${zoneId('example.com')}/settings/development_mode`

async function named(name: string): Promise<Origin> {
  const origin = await startOrigin()
  origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: name })
  return origin
}

describe('a host', () => {
  test('goes to the origin that its zone names for it, and nowhere else', async () => {
    await using exact = await named('exact')
    await using wild = await named('wild')
    await using edge = await startEdge({
      zones: [
        { name: 'example.com', origins: { 'b.example.com': exact.url, '*.example.com': wild.url } },
        { name: 'x.example.com', origins: {} },
      ],
    })
    const ask = async (host: string) => {
      const { status, text } = await get(`${edge.url}/page`, [['Host', host]])
      return status === 200 ? text : status
    }
    expect(await ask('b.example.com')).toBe('exact')
    expect(await ask('B.Example.com:8080')).toBe('exact')
    expect(await ask('c.d.example.com')).toBe('wild')
    expect(await ask('example.com')).toBe(421)
    expect(await ask('x.example.com')).toBe(421)
    expect(await ask('elsewhere.test')).toBe(421)
  })
})

describe('Development Mode by the API', () => {
  test('shows how long it is on, in the envelope of Cloudflare', async () => {
    await using origin = await named('x')
    await using edge = await startEdge({ zones: [{ name: 'example.com', origins: { '*': origin.url } }] })
    const read = async () => JSON.parse((await edge.api('GET', SETTING)).text).result
    expect(await read()).toEqual({
      id: 'development_mode',
      value: 'off',
      editable: true,
      modified_on: null,
      time_remaining: false,
    })
    await edge.api('PATCH', SETTING, { value: 'on' })
    edge.clock.advance(60_000)
    expect(await read()).toEqual({
      id: 'development_mode',
      value: 'on',
      editable: true,
      modified_on: new Date(START_OF_TIME).toISOString(),
      time_remaining: 10_740,
    })
  })

  test('outlives a restart, until its time is over', async () => {
    await using scratch = await makeScratch()
    await using origin = await named('x')
    const clock = makeFakeClock(START_OF_TIME)
    const options = {
      zones: [{ name: 'example.com', origins: { '*': origin.url } }],
      data: join(scratch.path, 'data'),
      clock,
    }
    const ask = async (url: string) => (await get(`${url}/a.css`, [['Host', 'example.com']])).cacheStatus
    {
      await using edge = await startEdge(options)
      await edge.api('PATCH', SETTING, { value: 'on' })
      expect(await ask(edge.url)).toBe('DYNAMIC')
    }
    await using edge = await startEdge(options)
    expect(await ask(edge.url)).toBe('DYNAMIC')
    clock.advance(3 * 3_600_000)
    expect(await ask(edge.url)).not.toBe('DYNAMIC')
  })
})

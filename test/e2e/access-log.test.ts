// Each exchange leaves one access record that says what happened and why.

import { describe, expect, test } from 'bun:test'
import { startScene, until } from '../support/edge/index.ts'

describe('the access record', () => {
  test('has the ray, the request, the status, the cache status, the bytes and the reasons', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'max-age=60']], body: '12345' })
    scene.origin.on('/page', { status: 404, body: 'gone' })
    const answers = [await scene.get('/a.css?q=1'), await scene.get('/a.css?q=1'), await scene.get('/page')]
    await until('all three are recorded', () => scene.edge.access().length >= 3)
    const records = scene.edge.access()
    expect(records.map(({ ray }) => ray.split('-')[0])).toEqual(
      answers.map((answer) => answer.field('cf-ray')?.split('-')[0] ?? ''),
    )
    expect(
      records.map(({ method, status, cacheStatus, bytes }) => [method, status, cacheStatus.toUpperCase(), bytes]),
    ).toEqual([
      ['GET', 200, 'MISS', 5],
      ['GET', 200, 'HIT', 5],
      ['GET', 404, 'DYNAMIC', 4],
    ])
    expect(records[0]?.url).toContain('/a.css?q=1')
    expect(records[0]?.client).toContain('127.0.0.1')
    expect(records[0]?.originMillis).toBeDefined()
    expect(records[1]?.originMillis).toBeUndefined()
    expect(records.every(({ why }) => why.length > 0)).toBe(true)
  })

  test('why something is not cached can be read from it', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', { fields: [['Cache-Control', 'no-store']], body: 'x' })
    await scene.get('/a.css')
    await until('it is recorded', () => scene.edge.access().length >= 1)
    expect(scene.edge.access()[0]?.why.join(' ')).toMatch(/no-store/)
  })

  test('exchanges that the edge itself answers are recorded too', async () => {
    await using scene = await startScene()
    await scene.origin.close()
    await scene.get('/page')
    await until('it is recorded', () => scene.edge.access().length >= 1)
    expect(scene.edge.access()[0]?.status).toBe(521)
  })
})

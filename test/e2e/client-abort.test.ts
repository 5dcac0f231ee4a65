// A visitor who leaves: what has begun to arrive is fetched to its end and stored; what has not is given up.
// CF cache/concepts/default-cache-behavior

import { describe, expect, test } from 'bun:test'
import { play, startScene, until, ZONE } from '../support/edge/index.ts'
import { connect, makeGate } from '../support/index.ts'

describe('a visitor leaves', () => {
  test('after the origin began to answer: the response is fetched to its end and stored', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    const left = makeGate()
    scene.origin.on('/a', async (_, response) => {
      const writer = await response.start({ fields: [['Cache-Control', 'max-age=60']] })
      await writer.write('first ')
      await left.released
      await writer.write('second')
      await writer.end()
    })
    const connection = await connect(scene.edge.url)
    await connection.request('GET', '/a', ZONE)
    await connection.readResponseHead()
    connection.abort()
    await connection.closed
    left.release()
    await until('it is stored', async () => (await scene.get('/a')).cacheStatus === 'HIT')
    await play(scene, [{ get: '/a', cache: 'HIT', text: 'first second', origin: 1 }])
  })

  test('before the origin answered: the origin sees the request go, and nothing is stored', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    const gate = scene.origin.hold('/a')
    const connection = await connect(scene.edge.url)
    await connection.request('GET', '/a', ZONE)
    await gate.arrived()
    connection.abort()
    await scene.origin.requests[0]?.gone
    gate.release()
    await play(scene, [{ get: '/a', cache: 'MISS', origin: 2 }])
  })

  test('while others wait for the same object: they get it', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    const gate = scene.origin.hold('/a')
    const connection = await connect(scene.edge.url)
    await connection.request('GET', '/a', ZONE)
    await gate.arrived()
    const other = scene.get('/a')
    await play(scene, [{ get: '/elsewhere', status: 599 }])
    connection.abort()
    gate.release()
    expect((await other).text).toBe('x')
  })

  test('in the middle of an answer that is not cached: the origin sees it', async () => {
    await using scene = await startScene()
    scene.origin.on('/page', async (request, response) => {
      const writer = await response.start({}, 'chunked')
      let open = true
      const gone = request.gone.then(() => {
        open = false
      })
      while (open) {
        await Promise.race([writer.write(Buffer.alloc(65536)), gone])
        // The edge lives in this very process: let it have its turn, however fast the pieces are taken.
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    const connection = await connect(scene.edge.url)
    await connection.request('GET', '/page', ZONE)
    await connection.readResponseHead()
    connection.abort()
    await scene.origin.requests[0]?.gone
    expect(scene.origin.requests.length).toBe(1)
  })

  test('and that is no fault of the edge: nothing unexpected is reported', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('*', { body: 'x' })
    for (const target of ['/cached', '/not-eligible?']) {
      const gate = scene.origin.hold('*')
      const connection = await connect(scene.edge.url)
      await connection.request(target === '/cached' ? 'GET' : 'POST', target, ZONE)
      await gate.arrived()
      connection.abort()
      await scene.origin.requests.at(-1)?.gone
      gate.release()
    }
    await scene.get('/afterwards')
    expect(scene.edge.events.all.filter(({ kind }) => kind !== 'access')).toEqual([])
  })
})

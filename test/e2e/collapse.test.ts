// Concurrent requests for one cold object: one goes to the origin, the others wait and read along.
// CF cache/concepts/default-cache-behavior (cache lock); RFC 9111 §4

import { describe, expect, test } from 'bun:test'
import { play, type Scene, startScene, until, ZONE } from '../support/edge/index.ts'
import { type ClientResponse, type Connection, connect, makeGate } from '../support/index.ts'

const CROWD = 1000

describe('request collapsing', () => {
  test(`${CROWD} concurrent cold requests are one request to the origin`, async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: 'shared' })
    const gate = scene.origin.hold('/a')
    const answers = Array.from({ length: CROWD }, () => scene.get('/a'))
    await gate.arrived()
    gate.release()
    const seen = await Promise.all(answers)
    expect(new Set(seen.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 shared']))
    expect(scene.origin.requests.length).toBe(1)
    expect(seen.every(({ cacheStatus }) => cacheStatus === 'MISS' || cacheStatus === 'HIT')).toBe(true)
  })

  test('those who wait receive the bytes as they arrive, not at the end', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    const second = makeGate()
    scene.origin.on('/a', async (_, response) => {
      const writer = await response.start({ fields: [['Cache-Control', 'max-age=60']] })
      await writer.write('first ')
      await second.released
      await writer.write('second')
      await writer.end()
    })
    using leader = await opened(scene, '/a')
    const leading = await firstPiece(leader)
    using follower = await opened(scene, '/a')
    const following = await firstPiece(follower)
    expect([leading.piece, following.piece]).toEqual(['first ', 'first '])
    second.release()
    expect([await leading.rest(), await following.rest()]).toEqual(['second', 'second'])
    expect(scene.origin.requests.length).toBe(1)
  })

  test('a reader who is slow or gone does not hold up the others, nor the store', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    const content = Buffer.alloc(8 * 1024 * 1024, 'x')
    scene.origin.on('/big', { fields: [['Cache-Control', 'max-age=60']], body: content })
    const gate = scene.origin.hold('/big')
    using stuck = await opened(scene, '/big')
    await gate.arrived()
    const gone = await opened(scene, '/big')
    const reading = scene.get('/big')
    gate.release()
    await stuck.readResponseHead()
    gone.abort()
    expect((await reading).body.length).toBe(content.length)
    await until('it is stored', async () => (await scene.get('/big')).cacheStatus === 'HIT')
    expect(scene.origin.requests.length).toBe(1)
  })

  test("when the leader's answer may not be stored, everyone gets an answer of their own", async () => {
    await using scene = await startScene({ cache: { cache: true } })
    let turn = 0
    scene.origin.on('/a', () => {
      turn += 1
      return {
        fields: [
          ['Cache-Control', 'private'],
          ['Set-Cookie', `visitor=${turn}`],
        ],
        body: `for ${turn}`,
      }
    })
    const gate = scene.origin.hold('/a')
    const answers = Array.from({ length: 20 }, () => scene.get('/a'))
    await gate.arrived()
    gate.release()
    const seen = await Promise.all(answers)
    expect(new Set(seen.map(({ text }) => text)).size).toBe(20)
    expect(new Set(seen.map((answer: ClientResponse) => answer.field('set-cookie'))).size).toBe(20)
    expect(new Set(seen.map(({ cacheStatus }) => cacheStatus))).toEqual(new Set(['BYPASS']))
  })

  test('when the leader fails before its head, the others do not wait for ever', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    let turn = 0
    scene.origin.on('/a', async (_, response) => {
      turn += 1
      if (turn > 1) return { fields: [['Cache-Control', 'max-age=60']], body: 'second try' }
      response.cut()
      return undefined
    })
    const gate = scene.origin.hold('/a')
    const answers = Array.from({ length: 10 }, () => scene.get('/a'))
    await gate.arrived()
    gate.release()
    const seen = await Promise.all(answers)
    expect(seen.every(({ status }) => status === 200 || status === 520)).toBe(true)
    await play(scene, [{ get: '/a', cache: 'HIT', text: 'second try' }])
  })

  test("when the leader's answer is cut in the middle, nobody takes it for whole and nothing is stored", async () => {
    await using scene = await startScene({ cache: { cache: true } })
    let turn = 0
    const middle = makeGate()
    scene.origin.on('/a', async (_, response) => {
      turn += 1
      if (turn > 1) return { fields: [['Cache-Control', 'max-age=60']], body: 'whole' }
      const writer = await response.start(
        {
          fields: [
            ['Cache-Control', 'max-age=60'],
            ['Content-Length', '100'],
          ],
        },
        'length',
      )
      await writer.write('half')
      await middle.released
      writer.cut()
      return undefined
    })
    using leader = await opened(scene, '/a')
    await leader.readResponseHead()
    const follower = scene.get('/a').catch(() => undefined)
    middle.release()
    const seen = await follower
    expect(seen === undefined || seen.truncated || seen.text === 'whole').toBe(true)
    await play(scene, [{ get: '/a', text: 'whole' }])
  })

  test('requests that vary are told apart while they wait', async () => {
    await using scene = await startScene({ cache: { cache: true, vary: { default: { action: 'passthrough' } } } })
    scene.origin.on('/a', (request) => ({
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Vary', 'X-A'],
      ],
      body: `for ${request.field('x-a')}`,
    }))
    const gate = scene.origin.hold('/a')
    const answers = Array.from({ length: 30 }, (_, i) => scene.get('/a', [['X-A', String(i % 3)]]))
    await gate.arrived()
    gate.release()
    const seen = await Promise.all(answers)
    expect(seen.map(({ text }) => text)).toEqual(Array.from({ length: 30 }, (_, i) => `for ${i % 3}`))
  })

  test("requests of different Origins never read each other's answer", async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', (request) => ({
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Access-Control-Allow-Origin', request.field('origin') ?? 'none'],
      ],
    }))
    const gate = scene.origin.hold('/a')
    const origins = ['https://a.example', 'https://b.example', 'https://c.example']
    const answers = Array.from({ length: 30 }, (_, i) => scene.get('/a', [['Origin', origins[i % 3] ?? '']]))
    await gate.arrived(3)
    gate.release()
    const seen = await Promise.all(answers)
    expect(seen.map((answer) => answer.field('access-control-allow-origin'))).toEqual(
      Array.from({ length: 30 }, (_, i) => origins[i % 3]),
    )
    expect(scene.origin.requests.length).toBe(3)
  })

  test('a stale object without stale-while-revalidate is validated once for all who wait', async () => {
    await using scene = await startScene({ cache: { cache: true } })
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=10']], body: 'x' })
    await play(scene, [{ get: '/a', cache: 'MISS' }])
    scene.pass(10)
    const gate = scene.origin.hold('/a')
    const answers = Array.from({ length: 50 }, () => scene.get('/a'))
    await gate.arrived()
    gate.release()
    expect(new Set((await Promise.all(answers)).map(({ text }) => text))).toEqual(new Set(['x']))
    expect(scene.origin.requests.length).toBe(2)
  })

  test('requests that are not eligible are never collapsed', async () => {
    await using scene = await startScene()
    scene.origin.on('/page', { body: 'x' })
    const gate = scene.origin.hold('/page')
    const answers = Array.from({ length: 10 }, () => scene.get('/page'))
    await gate.arrived(10)
    gate.release()
    expect((await Promise.all(answers)).length).toBe(10)
  })
})

async function opened(scene: Scene, target: string): Promise<Connection> {
  const connection = await connect(scene.edge.url)
  await connection.request('GET', target, ZONE)
  return connection
}

async function firstPiece(connection: Connection): Promise<{ piece: string; rest: () => Promise<string> }> {
  const found = await connection.readResponseHead()
  if (found === undefined) throw new Error('closed without an answer')
  const pieces = connection.pieces('GET', found.response)[Symbol.asyncIterator]()
  const piece = Buffer.from((await pieces.next()).value ?? '').toString()
  const rest = async (): Promise<string> => {
    let text = ''
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next())
      text += Buffer.from(next.value).toString()
    return text
  }
  return { piece, rest }
}

// A crowd that asks for one cold object while it drips in: one fetch, and everybody has every byte.

import { expect, test } from 'bun:test'
import { startScene, until } from '../support/edge/index.ts'

const CROWD = 1000
const PIECES = 24
const PIECE_BYTES = 4096

test(`${CROWD} visitors read along with a slow body in chunks: all have the same bytes, from one request`, async () => {
  await using scene = await startScene({ cache: { cache: true } })
  const pieces = Array.from({ length: PIECES }, (_, i) => Buffer.alloc(PIECE_BYTES - i, `${i} `))
  scene.origin.on('/slow', async (_, response) => {
    const writer = await response.start({ fields: [['Cache-Control', 'max-age=60']] }, 'chunked')
    for (const piece of pieces) {
      await writer.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await writer.end()
  })
  // They come while it drips: some before its head, some in its middle, some at its end.
  const answers = []
  for (let i = 0; i < CROWD; i += 1) {
    answers.push(scene.get('/slow'))
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const content = Buffer.concat(pieces)
  for (const answer of await Promise.all(answers)) {
    expect([answer.status, answer.truncated, content.equals(answer.body)]).toEqual([200, false, true])
  }
  expect(scene.origin.requests.length).toBe(1)
  await until('it is stored', async () => (await scene.get('/slow')).cacheStatus === 'HIT')
  expect(content.equals((await scene.get('/slow')).body)).toBe(true)
}, 20_000)

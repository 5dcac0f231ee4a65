// Stored content in a coding goes only to those who take it; everything else is one copy for all.  docs/decisions/0020

import { describe, expect, test } from 'bun:test'
import { play, startScene } from '../support/edge/index.ts'
import type { FieldLine, Script } from '../support/index.ts'

const accepting = (value: string): readonly FieldLine[] => [['Accept-Encoding', value]]

/** An origin that encodes for those who ask, with or without saying so in Vary. */
const encoding =
  (vary: boolean): Script =>
  (request) => {
    const asked = request.field('accept-encoding') ?? ''
    const coding = ['br', 'gzip'].find((name) => asked.includes(name))
    const fields: FieldLine[] = [['Cache-Control', 'max-age=60']]
    if (vary) fields.push(['Vary', 'Accept-Encoding'])
    if (coding !== undefined) fields.push(['Content-Encoding', coding])
    return { fields, body: `as ${coding ?? 'it is'}` }
  }

describe.each([
  ['that says Vary: Accept-Encoding', true],
  ['that says nothing', false],
])('an origin %s', (_, vary) => {
  test('each class of clients has a copy that it can read', async () => {
    await using scene = await startScene()
    scene.origin.on('/a.css', encoding(vary))
    await play(scene, [
      {
        get: '/a.css',
        fields: accepting('gzip, deflate, br'),
        cache: 'MISS',
        text: 'as br',
        has: { 'content-encoding': 'br' },
      },
      { get: '/a.css', fields: accepting('gzip, deflate, br, zstd'), cache: 'HIT', text: 'as br' },
      { get: '/a.css', fields: accepting('br;q=0.5, gzip;q=1'), cache: 'HIT', text: 'as br' },
      { get: '/a.css', fields: accepting('gzip'), cache: 'MISS', text: 'as gzip', has: { 'content-encoding': 'gzip' } },
      { get: '/a.css', fields: accepting('gzip, br;q=0'), cache: 'HIT', text: 'as gzip' },
      { get: '/a.css', fields: accepting('br'), cache: 'MISS', text: 'as br' },
      { get: '/a.css', fields: [], cache: 'MISS', text: 'as it is', has: { 'content-encoding': null } },
      { get: '/a.css', fields: accepting('identity'), cache: 'HIT', text: 'as it is', origin: 4 },
      { get: '/a.css', fields: accepting('zstd'), cache: 'HIT', text: 'as it is', origin: 4 },
      // What has no coding and no Vary is for everybody, and is the newest.
      { get: '/a.css', fields: accepting('gzip, br'), cache: 'HIT', text: vary ? 'as br' : 'as it is', origin: 4 },
    ])
    expect(scene.origin.requests.map((request) => request.field('accept-encoding'))).toEqual([
      ...['gzip, br', 'gzip', 'br', 'identity'],
    ])
  })
})

test('content without a coding, and without Vary, is one copy for everybody', async () => {
  await using scene = await startScene()
  scene.origin.on('/a.png', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  await play(scene, [
    { get: '/a.png', fields: accepting('gzip, br'), cache: 'MISS' },
    { get: '/a.png', fields: accepting('gzip'), cache: 'HIT' },
    { get: '/a.png', cache: 'HIT', origin: 1 },
  ])
})

test('a range of encoded content is a range of the encoded bytes, under their coding', async () => {
  await using scene = await startScene()
  scene.origin.on('/a.css', encoding(true))
  const range: FieldLine = ['Range', 'bytes=3-4']
  await play(scene, [
    { get: '/a.css', fields: accepting('br'), cache: 'MISS' },
    { get: '/a.css', fields: [...accepting('br'), range], status: 206, text: 'br', has: { 'content-encoding': 'br' } },
  ])
})

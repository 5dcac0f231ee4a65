// Made-up Origins: they get their answers, and take nothing from Origins that were there before.  `npm run shield` is the
// same with a million.

import { describe, expect, test } from 'bun:test'
import { startScene, ZONE, zoneId } from '../support/edge/index.ts'
import type { FieldLine } from '../support/index.ts'

const ACAO = 'access-control-allow-origin'
const FLOOD = 1_500

function origin(name: string): FieldLine {
  return ['Origin', `https://${name}.example`]
}

describe.each(['per_origin', 'collapse'])('%s', (mode) => {
  test('a flood of Origins against a URL that reflects them', async () => {
    await using scene = await startScene({ cache: { cache: true }, settings: { cors_variants: mode } })
    scene.origin.on('*', (request) => ({
      fields: [
        ['Cache-Control', 'max-age=60'],
        ['Access-Control-Allow-Origin', request.field('origin') ?? '*'],
      ],
      body: 'x',
    }))
    const known = Array.from({ length: 20 }, (_, index) => origin(`known-${index}`))
    for (const field of known) await scene.get('/f', [field])
    for (let at = 0; at < FLOOD; at += 50) {
      const names = Array.from({ length: 50 }, (_, index) => `flood-${at + index}`)
      const granted = await Promise.all(names.map(async (name) => (await scene.get('/f', [origin(name)])).field(ACAO)))
      expect(granted).toEqual(names.map((name) => origin(name)[1]))
    }
    const again = await Promise.all(known.map((field) => scene.get('/f', [field])))
    expect(again.map(({ cacheStatus }) => cacheStatus)).toEqual(known.map(() => 'HIT'))
    expect(again.map((answer) => answer.field(ACAO))).toEqual(known.map(([, value]) => value))
    const purged = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/purge_cache?dry_run=true`, {
      purge_everything: true,
    })
    expect((purged.json as { result: { variants: number } }).result.variants).toBe(128)
  }, 60_000)

  test('Origins that are granted nothing have a few copies only', async () => {
    await using scene = await startScene({ cache: { cache: true }, settings: { cors_variants: mode } })
    scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    for (let i = 0; i < 60; i += 1) await scene.get('/f', [origin(`${i}`)])
    const purged = await scene.edge.api('POST', `/zones/${zoneId(ZONE)}/purge_cache?dry_run=true`, {
      purge_everything: true,
    })
    expect((purged.json as { result: { variants: number } }).result.variants).toBe(16)
  })
})

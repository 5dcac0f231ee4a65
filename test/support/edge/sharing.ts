// Do two requests share one stored response?  The question that every test of the cache key asks.

import { expect } from 'bun:test'
import type { FieldLine } from '../index.ts'
import { type Scene, type SceneOptions, startScene } from './scene.ts'

/** A request: target and fields. */
export type Asked = readonly [target: string, fields?: readonly FieldLine[]]

/** A row of a table about the cache key. */
export type SharingRow = readonly [title: string, first: Asked, second: Asked, shared: boolean]

/** Asks the first twice, so that it is stored, then the second, of a fresh edge; true when the second is a HIT. */
export async function share(options: SceneOptions, first: Asked, second: Asked): Promise<boolean> {
  await using scene = await startScene(options)
  scene.origin.on('*', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
  expect(await statusOf(scene, first)).toBe('MISS')
  expect(await statusOf(scene, first)).toBe('HIT')
  return (await statusOf(scene, second)) === 'HIT'
}

/** CF-Cache-Status of a request. */
export async function statusOf(scene: Scene, [target, fields]: Asked): Promise<string | undefined> {
  return (await scene.get(target, fields)).cacheStatus
}

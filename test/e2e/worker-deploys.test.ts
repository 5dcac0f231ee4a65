// Deployments under load lose nothing: every request has an answer, of the version that was deployed when it came or of a
// later one.  The long form is `npm run storm:workers`.

import { expect, test } from 'bun:test'
import { setTimeout as wait } from 'node:timers/promises'
import { deployWorker, startScene } from '../support/edge/index.ts'

const version = (n: number): string => `export default { async fetch(request) {
  const answer = await fetch(request)
  return new Response('${n} ' + (await answer.text())) } }`

test('deployments under load', async () => {
  await using scene = await startScene()
  scene.origin.on('*', { body: 'origin' })
  await deployWorker(scene, version(0))
  await scene.get('/')
  let deployed = 0
  let isOver = false
  const load = Array.from({ length: 4 }, async () => {
    let count = 0
    for (; !isOver; count += 1) {
      const atLeast = deployed
      const answer = await scene.get(`/${count}`)
      expect(answer.status).toBe(200)
      expect(Number(answer.text.split(' ')[0])).toBeGreaterThanOrEqual(atLeast)
      expect(answer.text).toEndWith(' origin')
      await wait(2)
    }
    return count
  })
  for (let n = 1; n <= 6; n += 1) {
    await deployWorker(scene, version(n))
    deployed = n
  }
  isOver = true
  expect((await Promise.all(load)).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20)
}, 20_000)

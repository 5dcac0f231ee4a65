// Secrets of Workers: the script has them, no file has them in the clear, and without their key nothing else breaks.
// docs/decisions/0155

import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ACCOUNT_ID, deployWorker, routeOf, type Scene, startScene, ZONE } from '../support/edge/index.ts'
import { makeScratch } from '../support/index.ts'

const HUSH = 'hush-77c1d2e9'
/** Compares with the secret without having it in its code, which is in a file. */
const TELLS = `export default {
  fetch: (request, env) => new Response(String(env.KEY === ['hush', '77c1d2e9'].join('-'))),
}`
const SECRETS = `/accounts/${ACCOUNT_ID}/workers/scripts/worker/secrets`

async function startWithSecret(data: string): Promise<Scene> {
  const scene = await startScene({ data })
  scene.origin.on('*', { body: 'origin' })
  await deployWorker(scene, TELLS, { routes: [`${ZONE}/secret*`] })
  await deployWorker(scene, 'export default { fetch: () => new Response("neighbour") }', {
    name: 'neighbour',
    routes: [`${ZONE}/neighbour`],
  })
  const set = await scene.edge.api('PUT', SECRETS, { name: 'KEY', text: HUSH, type: 'secret_text' })
  expect(set.status).toBe(200)
  return scene
}

function filesWith(data: string, text: string): readonly string[] {
  const all = readdirSync(data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return all.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => readFileSync(path).includes(text))
}

describe('a secret', () => {
  test('is what the script gets, also after a restart; no file has it, and no answer of the API', async () => {
    await using scratch = await makeScratch()
    const data = join(scratch.path, 'data')
    {
      await using scene = await startWithSecret(data)
      expect((await scene.get('/secret')).text).toBe('true')
      expect(filesWith(data, HUSH)).toEqual([])
      const script = `/accounts/${ACCOUNT_ID}/workers/scripts/worker`
      for (const path of ['', '/settings', '/versions', '/secrets', '/secrets/KEY']) {
        expect((await scene.edge.api('GET', script + path)).text).not.toContain(HUSH)
      }
    }
    await using again = await startScene({ data })
    expect((await again.get('/secret')).text).toBe('true')
    expect(JSON.stringify(again.edge.events.all)).not.toContain(HUSH)
  })

  test('whose key is lost switches its Worker off and nothing else; the key back or the secret anew brings it back', async () => {
    await using scratch = await makeScratch()
    const data = join(scratch.path, 'data')
    const file = join(data, 'secret.key')
    {
      await using _ = await startWithSecret(data)
    }
    const key = readFileSync(file)
    rmSync(file)
    {
      await using scene = await startScene({ data })
      scene.origin.on('*', { body: 'origin' })
      const refused = await scene.get('/secret')
      expect([refused.status, refused.text.includes('Error 1104')]).toEqual([503, true])
      const notices = scene.edge.events.all.flatMap((event) => (event.kind === 'notice' ? [event.message] : []))
      expect(notices.join()).toContain(`the secret KEY of the Worker worker cannot be opened with the key in ${file}`)
      expect((await scene.get('/neighbour')).text).toBe('neighbour')
      expect((await scene.get('/')).text).toBe('origin')
      await routeOf(scene, `${ZONE}/secret/open`, 'worker', true)
      expect((await scene.get('/secret/open')).text).toBe('origin')
    }
    writeFileSync(file, key)
    {
      await using scene = await startScene({ data })
      expect((await scene.get('/secret')).text).toBe('true')
    }
    rmSync(file)
    await using scene = await startScene({ data })
    await scene.edge.api('PUT', SECRETS, { name: 'KEY', text: HUSH, type: 'secret_text' })
    expect((await scene.get('/secret')).text).toBe('true')
  }, 30_000)
})

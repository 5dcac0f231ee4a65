// Workers and Snippets through the API: what a test uploads runs for its next request.

import { ACCOUNT_ID, type Edge, zoneId } from './edge.ts'
import { type Scene, type SceneOptions, startScene, ZONE } from './scene.ts'

const DATE = '2026-11-01'
const DUPLICATE_ROUTE = 10020

export type WorkerOfTest = {
  readonly name?: string
  /** Patterns; one of each URL of the zone when absent. */
  readonly routes?: readonly string[]
  readonly bindings?: readonly Readonly<Record<string, unknown>>[]
}

/** A Worker whose `fetch(request, env, ctx)` has this body. */
export function workerOf(body: string): string {
  return `export default { async fetch(request, env, ctx) { ${body} } }`
}

/** The usual stage with such a Worker on all URLs of the zone. */
export async function startWithWorker(body: string, options: SceneOptions = {}): Promise<Scene> {
  const scene = await startScene(options)
  await deployWorker(scene, workerOf(body))
  return scene
}

/** Uploads a Worker of one module and gives it its routes. */
export async function deployWorker(
  scene: Scene,
  source: string,
  { name = 'worker', routes = [`*${ZONE}/*`], bindings = [] }: WorkerOfTest = {},
): Promise<void> {
  const form = new FormData()
  form.set('metadata', JSON.stringify({ main_module: 'index.js', compatibility_date: DATE, bindings }))
  form.set('index.js', new Blob([source], { type: 'application/javascript+module' }), 'index.js')
  await scene.edge.upload('PUT', `/accounts/${ACCOUNT_ID}/workers/scripts/${name}`, form)
  for (const pattern of routes) await routeOf(scene, pattern, name)
}

/** Uploads a Worker, named after a zone, and has it answer all URLs of that zone. */
export async function deployTo(edge: Edge, zone: string, source: string, failOpen = false): Promise<void> {
  const name = zone.replaceAll('.', '-')
  const form = new FormData()
  form.set('metadata', JSON.stringify({ main_module: 'index.js', compatibility_date: DATE }))
  form.set('index.js', new Blob([source], { type: 'application/javascript+module' }), 'index.js')
  await edge.upload('PUT', `/accounts/${ACCOUNT_ID}/workers/scripts/${name}`, form)
  const route = { pattern: `${zone}/*`, script: name, request_limit_fail_open: failOpen }
  const answer = await edge.api('POST', `/zones/${zoneId(zone)}/workers/routes`, route)
  if (answer.status !== 200) throw new Error(answer.text)
}

/** Adds a route to the zone; one that it has already is left alone. */
export async function routeOf(
  scene: Scene,
  pattern: string,
  script: string | undefined,
  failOpen = false,
): Promise<void> {
  const path = `/zones/${zoneId(ZONE)}/workers/routes`
  const answer = await scene.edge.api('POST', path, {
    pattern,
    ...(script !== undefined && { script }),
    ...(failOpen && { request_limit_fail_open: true }),
  })
  if (answer.status !== 200 && !answer.text.includes(`"code":${DUPLICATE_ROUTE}`))
    throw new Error(`route ${pattern}: ${answer.text}`)
}

/** Replaces the zone's snippets and their rules; each runs where its expression holds, `true` unless it says otherwise. */
export async function putSnippets(
  scene: Scene,
  snippets: Readonly<Record<string, string | { readonly source: string; readonly expression: string }>>,
): Promise<void> {
  const base = `/zones/${zoneId(ZONE)}/snippets`
  const rules: unknown[] = []
  for (const [name, given] of Object.entries(snippets)) {
    const { source, expression } = typeof given === 'string' ? { source: given, expression: 'true' } : given
    const form = new FormData()
    form.set('metadata', JSON.stringify({ main_module: `${name}.js` }))
    form.set('files', new Blob([source], { type: 'application/javascript' }), `${name}.js`)
    await scene.edge.upload('PUT', `${base}/${name}`, form)
    rules.push({ snippet_name: name, expression, enabled: true })
  }
  const answer = await scene.edge.api('PUT', `${base}/snippet_rules`, { rules })
  if (answer.status !== 200) throw new Error(`snippet rules: ${answer.text}`)
}

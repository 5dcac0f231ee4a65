// `varyant dev WORKER`: one command that runs a Worker in front of an origin server, through the real cache.
//
//   file ──bundle──► API ──checked by workerd──► the edge      again whenever the file or one beside it changes
//
// It is an edge like any other, with one zone that takes every Host and a data directory that goes when it ends.  A version
// that does not start is told of, and the last one that did goes on serving.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { EdgeEvent } from '../base/index.ts'
import { ACCOUNT_ID, ConfigError, type ResolvedConfig, resolveConfig, zoneId } from '../config/index.ts'
import { type Running, startVaryant } from '../main.ts'
import { bundleWorker } from './dev-bundle.ts'
import { accessLine, invocationLines } from './dev-lines.ts'
import { stopSignal } from './signals.ts'
import { USAGE } from './usage.ts'
import { parseVerbFlags, type VerbFlags } from './verb-flags.ts'

const OPTIONS = {
  origin: { type: 'string' },
  listen: { type: 'string' },
  'no-cache': { type: 'boolean' },
  var: { type: 'string', multiple: true },
  'compatibility-date': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** The zone that takes every Host. */
const ZONE = 'localhost'
const SCRIPT = 'dev'
const DEFAULT_COMPATIBILITY_DATE = '2026-11-01'
/** Editors write a file in several steps. */
const SETTLE_MILLIS = 60
/** Development Mode ends after three hours; it is switched on again before. */
const AGAIN_MILLIS = 2 * 3600 * 1000

/** Runs the verb with its words; answers the exit code. */
export async function dev(words: readonly string[]): Promise<number> {
  const flags = parseVerbFlags('dev', words, OPTIONS)
  if (!flags.ok) return complain(2, `${flags.problem}; see "varyant --help"`)
  if (flags.value.isSet('help')) {
    process.stdout.write(USAGE)
    return 0
  }
  const [file, ...more] = flags.value.words
  if (file === undefined || more.length > 0) return complain(2, 'dev needs one file: varyant dev worker.js')
  if (!existsSync(file)) return complain(2, `there is no file ${file}`)
  const data = mkdtempSync(join(tmpdir(), 'vd-'))
  try {
    return await run(resolve(file), flags.value, configOf(flags.value, data))
  } catch (cause) {
    if (cause instanceof ConfigError) return complain(2, ...cause.problems)
    throw cause
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

function configOf(flags: VerbFlags, data: string): ResolvedConfig {
  const origin = flags.text('origin')
  return resolveConfig({
    edge: { debug_headers: true, ...(flags.text('listen') !== undefined && { http: flags.text('listen') }) },
    api: { listen: '127.0.0.1:0' },
    data,
    ...(origin !== undefined && {
      zones: [{ name: ZONE, origins: { '*': origin }, settings: { browser_cache_ttl: 0 } }],
    }),
    // This machine is the developer's own.
    runtime: { allow_private: ['localhost:*', '127.0.0.1:*', '[::1]:*'] },
  })
}

async function run(file: string, flags: VerbFlags, config: ResolvedConfig): Promise<number> {
  const stopped = stopSignal()
  const token = randomBytes(24).toString('hex')
  const running = await startVaryant({
    ...{ config, token, events: report },
    watch: { script: SCRIPT, listener: (items) => tell(...items.flatMap(invocationLines)) },
  })
  const api = devApi(running, token)
  const switchCacheOff = async (): Promise<void> => {
    if (!flags.isSet('no-cache')) return
    const problem = await api('PATCH', `/zones/${zoneId(ZONE)}/settings/development_mode`, json({ value: 'on' }))
    tell(problem ?? 'the cache is off')
  }
  await switchCacheOff()
  const deploy = makeDeploy(file, flags, api)
  const isServing = await deploy()
  if (isServing) await api('POST', `/zones/${zoneId(ZONE)}/workers/routes`, json({ pattern: '*/*', script: SCRIPT }))
  process.stdout.write(`varyant ready edge=${running.edgeUrl} api=${running.apiUrl}\n`)
  const watching = watchFile(file, async () => {
    if (!(await deploy())) return
    await api('POST', `/zones/${zoneId(ZONE)}/workers/routes`, json({ pattern: '*/*', script: SCRIPT }))
  })
  const again = setInterval(() => void switchCacheOff(), AGAIN_MILLIS)
  await stopped
  clearInterval(again)
  watching.close()
  await running.stop()
  return 0
}

function report(event: EdgeEvent): void {
  if (event.kind === 'access') tell(accessLine(event.record))
  else if (event.kind === 'notice') tell(event.message)
  else if ('reason' in event) tell(`${event.kind}: ${event.reason}`)
}

type Api = (method: string, path: string, body: FormData | Json) => Promise<string | undefined>
type Json = { readonly text: string }

function json(value: unknown): Json {
  return { text: JSON.stringify(value) }
}

/** Calls the API of the edge that was just started; answers what is wrong, or undefined. */
function devApi({ apiUrl }: Running, token: string): Api {
  return async (method, path, body) => {
    const isForm = body instanceof FormData
    const headers = { authorization: `Bearer ${token}`, ...(!isForm && { 'content-type': 'application/json' }) }
    const answer = await fetch(`${apiUrl}/client/v4${path}`, { method, headers, body: isForm ? body : body.text })
    const { errors = [] } = (await answer.json()) as { errors?: { message: string }[] }
    return answer.ok ? undefined : errors.map(({ message }) => message).join('\n')
  }
}

/** Bundles the file and uploads it when it has changed; answers whether it serves. */
function makeDeploy(file: string, flags: VerbFlags, api: Api): () => Promise<boolean> {
  let last = ''
  return async () => {
    const bundle = await bundleWorker(file)
    if (!bundle.ok) {
      tell(bundle.problem)
      return false
    }
    if (bundle.value === last) return false
    last = bundle.value
    const began = performance.now()
    const form = new FormData()
    const metadata = {
      main_module: 'worker.js',
      compatibility_date: flags.text('compatibility-date') ?? DEFAULT_COMPATIBILITY_DATE,
      bindings: flags.texts('var').map(bindingOf),
    }
    form.set('metadata', JSON.stringify(metadata))
    form.set('worker.js', new Blob([bundle.value], { type: 'application/javascript+module' }), 'worker.js')
    const problem = await api('PUT', `/accounts/${ACCOUNT_ID}/workers/scripts/${SCRIPT}`, form)
    tell(problem ?? `serving ${basename(file)} (${Math.round(performance.now() - began)} ms)`)
    return problem === undefined
  }
}

function bindingOf(text: string) {
  const colon = text.indexOf(':')
  return {
    type: 'plain_text',
    name: colon < 0 ? text : text.slice(0, colon),
    text: colon < 0 ? '' : text.slice(colon + 1),
  }
}

/** Calls back a moment after the file, or one in its folder or below, has changed. */
function watchFile(file: string, changed: () => Promise<void>): { close(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  // One after the other: of two uploads at once the older might be the one that stays.
  let work = Promise.resolve()
  const run = (): void => {
    work = work.then(changed).catch((cause: unknown) => tell(String(cause)))
  }
  const watcher = watch(dirname(file), { recursive: true }, (_event, name) => {
    if (name?.includes('node_modules') === true) return
    clearTimeout(timer)
    timer = setTimeout(run, SETTLE_MILLIS)
  })
  return {
    close: () => {
      clearTimeout(timer)
      watcher.close()
    },
  }
}

function tell(...lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`)
}

function complain(code: 1 | 2, ...sentences: readonly string[]): 1 | 2 {
  for (const sentence of sentences) process.stderr.write(`varyant: ${sentence}\n`)
  return code
}

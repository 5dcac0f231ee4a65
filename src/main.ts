// The only place that constructs things and wires rooms together.
//
//   data directory ─► runtime ─► configuration store ─► journal ─► store ─► origins ─► edge ─► purger ─► API
//
// What is opened later is closed earlier; a start that fails halfway closes what it had opened.

import { join } from 'node:path'
import { startApi } from './api/index.ts'
import { type Clock, type EventSink, systemClock } from './base/index.ts'
import { makeTieredStore } from './cache/store/index.ts'
import {
  ConfigError,
  implicitZone,
  openConfigStore,
  openDataDirectory,
  openDocuments,
  openSecrets,
  parseOriginUrl,
  type ResolvedConfig,
  scriptsToCheck,
  sentence,
} from './config/index.ts'
import { makeFindingsBook } from './cors/sharing/index.ts'
import { startEdge } from './edge/index.ts'
import { makeOriginClient } from './origin/index.ts'
import { makePurger, openJournal } from './purge/index.ts'
import { findWorkerd, makeRuntime, type ScriptRuntime, type TailListener } from './runtime/index.ts'

export type StartOptions = {
  readonly config: ResolvedConfig
  /** The secret of the API. */
  readonly token: string
  readonly events?: EventSink
  /** Hears of the invocations of one Worker. */
  readonly watch?: { readonly script: string; readonly listener: TailListener }
  readonly clock?: Clock
}

export interface Running {
  readonly edgeUrl: string
  readonly apiUrl: string
  readonly httpsUrl?: string
  /** Loads what listeners accept without, so that nobody waits for it later; rejects when this installation is not whole. */
  loadRest(): Promise<void>
  /** Accepts nothing more, lets exchanges under way finish within a bound, makes everything durable, closes. */
  stop(): Promise<void>
}

/** Exchanges under way at a stop get this long to finish. */
const DRAIN_MILLIS = 10_000

/** Starts everything; resolves when every listener accepts, rejects when one cannot. */
export async function startVaryant(options: StartOptions): Promise<Running> {
  const { token, events = () => {}, clock = systemClock } = options
  const closers = makeClosers()
  try {
    const config = await withOrigins(options.config, closers)
    const data = openDataDirectory(config.dataDir)
    closers.add('data directory', () => data.close())
    const secrets = openSecrets({ dataDirectory: data.path, environment: process.env, events })
    const documents = openDocuments({ path: join(data.path, 'config.sqlite'), clock, events, secrets })
    closers.add('documents', () => documents.close())
    const scripts = makeRuntime({
      ...{ workerd: findWorkerd(), dataDirectory: data.path, clock, events },
      keepStacks: config.edge.debugHeaders,
      // Who develops a Worker has asked for its stacks, not for the limits of the machine.
      tellLimits: config.edge.debugHeaders && options.watch === undefined,
      memory: config.scriptMemory,
    })
    closers.add('runtime', () => scripts.close())
    await checkScripts(scripts, scriptsToCheck(documents, config.zones))
    const configStore = openConfigStore({ documents, config, clock, events })
    closers.add('configuration store', () => configStore.close())
    const journal = openJournal({ path: join(data.path, 'purge.sqlite'), clock, events })
    closers.add('purge journal', () => journal.close())
    const { memory: memoryLimit, disk: diskLimit } = config.cache
    const store = makeTieredStore({ directory: join(data.path, 'cache'), memoryLimit, diskLimit, events, clock })
    closers.add('store', async () => {
      await store.flush()
      await store.close()
    })
    const origins = makeOriginClient()
    closers.add('origin client', () => origins.close())
    const snapshot = configStore.snapshot()
    const findings = makeFindingsBook()
    if (scripts.unavailable !== undefined && snapshot.zones.some((zone) => zone.scripts !== undefined)) {
      events({ kind: 'notice', message: scripts.unavailable })
    }
    if (options.watch !== undefined) scripts.tail(options.watch.script, options.watch.listener)
    const { allowPrivate } = config
    const edge = startEdge({
      config: config.edge,
      ...{ snapshot, store, journal, findings, origins, scripts, allowPrivate, clock, events },
    })
    const stopEdge = once(() => within(DRAIN_MILLIS, edge.stop()))
    closers.add('edge', stopEdge)
    configStore.onChange((changed) => {
      scripts.apply(changed)
      edge.use(changed)
    })
    const purger = makePurger({ journal, store, target: edge.purgeTarget, clock, events })
    closers.add('purger', () => purger.close())
    const api = startApi({
      ...config.api,
      ...{ token, purger, explain: edge.explain, administration: configStore, documents, findings, clock, events },
      purgeRateLimit: config.purgeRateLimit,
      ...{ scriptHost: scripts, tailPort: config.tailPort },
      hasGeoip: config.edge.locate !== undefined,
    })
    const stopApi = once(() => api.stop())
    closers.add('API', stopApi)
    for (const message of config.notices) events({ kind: 'notice', message })
    return {
      edgeUrl: edge.httpUrl,
      apiUrl: api.url,
      ...(edge.httpsUrl !== undefined && { httpsUrl: edge.httpsUrl }),
      loadRest: () => api.load(),
      stop: async () => {
        // Both stop listening now; what fails is told when the closers come to it.
        await Promise.allSettled([stopEdge(), stopApi()])
        await closers.close(events)
      },
    }
  } catch (cause) {
    await closers.close(events)
    throw cause
  }
}

/** How many scripts of the file are started at once, to see whether they start. */
const CHECKS_AT_ONCE = 4

/** Whether the scripts of the file can run, before any of it is applied; throws a ConfigError that names all that cannot. */
async function checkScripts(runtime: ScriptRuntime, wanted: ReturnType<typeof scriptsToCheck>): Promise<void> {
  // Where none can run, the edge serves everything else, and the runtime says so.
  if (runtime.unavailable !== undefined) return
  const problems: string[] = []
  for (let start = 0; start < wanted.length; start += CHECKS_AT_ONCE) {
    const checks = wanted.slice(start, start + CHECKS_AT_ONCE).map(async ({ path, script }) => {
      const checked = await runtime.validate(script)
      if (checked.ok) return
      const reason = checked.problem.message.replace(/\s+/g, ' ')
      problems.push(sentence(path, `the script ${script.name} does not start: ${reason}; correct it`))
    })
    await Promise.all(checks)
  }
  if (problems.length > 0) throw new ConfigError(problems)
}

/** The configuration with the demo origin where nobody named an origin server. */
async function withOrigins(config: ResolvedConfig, closers: Closers): Promise<ResolvedConfig> {
  if (!config.demo) return config
  const { startDemoOrigin } = await import('./demo/index.ts')
  const demo = startDemoOrigin()
  closers.add('demo origin', () => demo.stop())
  const address = parseOriginUrl(demo.url)
  if (!address.ok) throw new Error(`the demo origin has an address that ${address.problem}`)
  return { ...config, zones: [implicitZone(address.value)] }
}

type Close = () => void | Promise<void>
type Closers = {
  add(name: string, close: Close): void
  /** Closes all, the newest first; what fails is reported and does not keep the others open. */
  close(events: EventSink): Promise<void>
}

function makeClosers(): Closers {
  const open: { readonly name: string; readonly close: Close }[] = []
  return {
    add: (name, close) => void open.push({ name, close }),
    close: async (events) => {
      for (let last = open.pop(); last !== undefined; last = open.pop()) {
        try {
          await last.close()
        } catch (cause) {
          // Fail open: the rest must still be closed.
          events({ kind: 'unexpected', where: `closing the ${last.name}`, reason: String(cause) })
        }
      }
    },
  }
}

/** The work, begun at the first call; every call answers the same promise. */
function once(work: () => Promise<void>): () => Promise<void> {
  let begun: Promise<void> | undefined
  return () => {
    begun ??= work()
    return begun
  }
}

async function within(limitMillis: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMillis)
  })
  await Promise.race([work, limit])
  clearTimeout(timer)
}

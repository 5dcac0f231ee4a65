// workerd's configuration for one process: the scripts of a zone, each on a socket of its own, and nothing else that they
// could reach.  Cap'n Proto text; modules are files beside it, which the text embeds.
//
//   socket s0 ──► script 0 ──fetch──► doorway "f<generation>.0"        socket ping ──► answers at once
//                     └────caches───► doorway "c<generation>.0"
//
// C1  `internet` is overridden with a network that allows nothing: the only ways out are the doorways.
// C2  What a doorway says of who is asking is written by workerd, over whatever the script set.
//
// Without --experimental; with no environment, no disk, no inspector.

import type { Script, ScriptBinding, ScriptModule } from '../scripts/index.ts'
import { listLiteral, structLiteral, textLiteral } from './capnp-text.ts'
import {
  GUARD_HOOK,
  GUARD_HOOK_SOURCE,
  GUARD_MAIN,
  guardMainSource,
  inspectorSource,
  PING_SOURCE,
  TAIL_SOURCE,
} from './guard-source.ts'

/** Fields between edge and workerd; a visitor's and a script's own of these names go nowhere. */
export const PROTO_FIELD = 'x-varyant-proto'
export const CF_FIELD = 'x-varyant-cf'
export const CALLER_FIELD = 'x-varyant-caller'

export const PING_SOCKET = 'ping'

export type ProcessConfig = {
  /** Distinguishes the generations that share a doorway. */
  readonly generation: number
  readonly scripts: readonly Script[]
  /** Where the edge listens for what scripts fetch. */
  readonly doorway: string
  /** The path of the socket that a name stands for: that of a script by its index, or `ping`. */
  socketPath(name: string): string
  /** Whose invocations are told to the edge. */
  isTailed(script: Script): boolean
  /** The heap that one script may grow to, in megabytes. */
  readonly maxHeapMegabytes: number
}

/** A file of the configuration. */
export type ConfigFile = { readonly name: string; readonly content: string | Uint8Array }

/** The socket of a script. */
export function socketName(index: number): string {
  return `s${index}`
}

/** The configuration of a zone's process; the first file is the one to start with. */
export function processConfig(config: ProcessConfig): readonly ConfigFile[] {
  const files: ConfigFile[] = []
  const services = config.scripts.flatMap((script, index) => servicesOf(script, index, config, files))
  const sockets = config.scripts.map((_, index) => socketLiteral(socketName(index), `u${index}`, config))
  const ping = workerService('ping', { modules: [inlineModule('ping.js', PING_SOURCE)] })
  return [
    configFile(
      [NO_INTERNET, ping, ...services],
      [...sockets, socketLiteral(PING_SOCKET, 'ping', config)],
      config.maxHeapMegabytes,
    ),
    ...files,
  ]
}

/** The configuration that runs one script's top level, and then tells which events it handles. */
export function checkConfig(script: Script, socketPath: string, maxHeapMegabytes: number): readonly ConfigFile[] {
  const files: ConfigFile[] = []
  const modules = script.modules.map((module, index) => moduleLiteral(module, `m${index}`, files))
  const main = script.modules.find(({ name }) => name === script.mainModule)
  // A service-worker script has no exports to look at.
  if (main?.type !== 'script') modules.unshift(inlineModule('varyant:inspector', inspectorSource(script.mainModule)))
  const service = workerService('check', {
    ...codeOf(script, modules),
    bindings: bindingsOf(script),
    compatibilityDate: script.compatibilityDate,
    compatibilityFlags: script.compatibilityFlags,
  })
  const socket = structLiteral({
    name: '"s0"',
    address: textLiteral(`unix:${socketPath}`),
    http: '()',
    service: '"check"',
  })
  return [configFile([NO_INTERNET, service], [socket], maxHeapMegabytes), ...files]
}

const NO_INTERNET = structLiteral({
  name: '"internet"',
  network: structLiteral({ allow: '[]', deny: '["0.0.0.0/0", "::/0"]' }),
})

/** What ping and tail workers are written for. */
const OWN_COMPATIBILITY_DATE = '2026-11-01'

function configFile(services: readonly string[], sockets: readonly string[], maxHeapMegabytes: number): ConfigFile {
  const config = structLiteral({
    v8Flags: listLiteral([textLiteral(`--max-heap-size=${maxHeapMegabytes}`)]),
    services: `[\n    ${services.join(',\n    ')}\n  ]`,
    sockets: `[\n    ${sockets.join(',\n    ')}\n  ]`,
  })
  const content = `using Workerd = import "/workerd/workerd.capnp";\nconst config :Workerd.Config = ${config};\n`
  return { name: 'config.capnp', content }
}

function servicesOf(script: Script, index: number, config: ProcessConfig, files: ConfigFile[]): readonly string[] {
  const modules = script.modules.map((module, at) => moduleLiteral(module, `m${index}-${at}`, files))
  const isSnippet = script.kind === 'snippet'
  if (isSnippet) {
    modules.unshift(inlineModule(GUARD_MAIN, guardMainSource(script.mainModule)))
    modules.push(inlineModule(GUARD_HOOK, GUARD_HOOK_SOURCE))
  }
  const isTailed = config.isTailed(script)
  const user = workerService(`u${index}`, {
    ...codeOf(script, modules),
    bindings: bindingsOf(script),
    compatibilityDate: script.compatibilityDate,
    compatibilityFlags: isSnippet ? withAsyncHooks(script) : script.compatibilityFlags,
    globalOutbound: `f${index}`,
    cacheApiOutbound: `c${index}`,
    ...(isTailed && { tails: [`t${index}`] }),
  })
  const doorway = (kind: string): string =>
    doorwayService(`${kind}${index}`, callerName(kind, config.generation, index), config)
  const tail = workerService(`t${index}`, {
    modules: [inlineModule('tail.js', TAIL_SOURCE)],
    globalOutbound: `o${index}`,
  })
  return [user, doorway('f'), doorway('c'), ...(isTailed ? [tail, doorway('o')] : [])]
}

/** `AsyncLocalStorage` for the guard: dates before it is on by default need the flag, later ones refuse it. */
function withAsyncHooks({ compatibilityFlags, compatibilityDate }: Script): readonly string[] {
  const hasIt = compatibilityFlags.some((flag) => flag === 'nodejs_als' || flag === 'nodejs_compat')
  return hasIt || compatibilityDate >= NODE_COMPAT_SINCE ? compatibilityFlags : [...compatibilityFlags, 'nodejs_als']
}

/** CF workers/configuration/compatibility-flags: nodejs_compat is on from this date. */
const NODE_COMPAT_SINCE = '2026-08-04'

/** Who is asking, as a doorway says it: `f3.0` is a fetch of generation 3's first script. */
function callerName(kind: string, generation: number, index: number): string {
  return `${kind}${generation}.${index}`
}

export type CallerKind = 'fetch' | 'cache' | 'tail'
export type Caller = { readonly kind: CallerKind; readonly generation: number; readonly index: number }

const CALLER_KINDS: Readonly<Record<string, CallerKind>> = { f: 'fetch', c: 'cache', o: 'tail' }

/** Reads what `callerName` wrote; undefined for anything else. */
export function parseCaller(text: string | null): Caller | undefined {
  const match = /^([fco])(\d{1,9})\.(\d{1,5})$/.exec(text ?? '')
  const kind = CALLER_KINDS[match?.[1] ?? '']
  if (match === null || kind === undefined) return undefined
  return { kind, generation: Number(match[2]), index: Number(match[3]) }
}

type WorkerParts = {
  readonly modules?: readonly string[]
  readonly serviceWorkerScript?: string
  readonly bindings?: readonly string[]
  readonly compatibilityDate?: string
  readonly compatibilityFlags?: readonly string[]
  readonly globalOutbound?: string
  readonly cacheApiOutbound?: string
  readonly tails?: readonly string[]
}

function workerService(name: string, parts: WorkerParts): string {
  const { modules, bindings, compatibilityFlags, globalOutbound, cacheApiOutbound, tails } = parts
  const worker = structLiteral({
    modules: modules && listLiteral(modules),
    serviceWorkerScript: parts.serviceWorkerScript,
    compatibilityDate: textLiteral(parts.compatibilityDate ?? OWN_COMPATIBILITY_DATE),
    compatibilityFlags: compatibilityFlags && listLiteral(compatibilityFlags.map(textLiteral)),
    bindings: bindings && listLiteral(bindings),
    globalOutbound: globalOutbound && textLiteral(globalOutbound),
    cacheApiOutbound: cacheApiOutbound && textLiteral(cacheApiOutbound),
    tails: tails && listLiteral(tails.map(textLiteral)),
  })
  return structLiteral({ name: textLiteral(name), worker })
}

const HTTP_FIELDS = {
  style: 'host',
  forwardedProtoHeader: textLiteral(PROTO_FIELD),
  cfBlobHeader: textLiteral(CF_FIELD),
} as const

function doorwayService(name: string, caller: string, { doorway }: ProcessConfig): string {
  const injected = structLiteral({ name: textLiteral(CALLER_FIELD), value: textLiteral(caller) })
  const http = structLiteral({ ...HTTP_FIELDS, injectRequestHeaders: listLiteral([injected]) })
  return structLiteral({
    name: textLiteral(name),
    external: structLiteral({ address: textLiteral(`unix:${doorway}`), http }),
  })
}

function socketLiteral(name: string, service: string, { socketPath }: ProcessConfig): string {
  return structLiteral({
    name: textLiteral(name),
    address: textLiteral(`unix:${socketPath(name)}`),
    http: structLiteral(HTTP_FIELDS),
    service: textLiteral(service),
  })
}

function codeOf(script: Script, modules: readonly string[]): WorkerParts {
  const main = script.modules.find(({ name }) => name === script.mainModule)
  if (main?.type !== 'script') return { modules }
  // The one module's file; its literal says `serviceWorkerScript = embed "…"`.
  return { serviceWorkerScript: modules[0] ?? '""' }
}

const MODULE_FIELDS: Readonly<Record<Exclude<ScriptModule['type'], 'script'>, string>> = {
  esm: 'esModule',
  commonjs: 'commonJsModule',
  text: 'text',
  data: 'data',
  wasm: 'wasm',
  json: 'json',
}

function moduleLiteral({ name, type, content }: ScriptModule, file: string, files: ConfigFile[]): string {
  files.push({ name: file, content })
  const embedded = `embed ${textLiteral(file)}`
  return type === 'script' ? embedded : structLiteral({ name: textLiteral(name), [MODULE_FIELDS[type]]: embedded })
}

function inlineModule(name: string, source: string): string {
  return structLiteral({ name: textLiteral(name), esModule: textLiteral(source) })
}

function bindingsOf({ bindings }: Script): readonly string[] {
  return bindings.flatMap((binding) =>
    'sealed' in binding ? [] : [structLiteral({ name: textLiteral(binding.name), ...bindingValue(binding) })],
  )
}

function bindingValue(binding: Exclude<ScriptBinding, { readonly sealed: string }>): Readonly<Record<string, string>> {
  switch (binding.type) {
    case 'plain_text':
    case 'secret_text':
    case 'text_blob':
      return { text: textLiteral(binding.text) }
    case 'json':
      return { json: textLiteral(JSON.stringify(binding.json)) }
    case 'data_blob':
      return { data: dataLiteral(binding.data) }
    case 'wasm_module':
      return { wasmModule: dataLiteral(binding.data) }
  }
}

function dataLiteral(data: Uint8Array): string {
  return `0x"${Buffer.from(data).toString('hex')}"`
}

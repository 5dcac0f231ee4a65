// The `workers`, `worker_routes` and `snippets` of a zone of varyant.json, with the files that they name.
//
// Files are read here, once, before anything starts; whether the code in them runs, only the runtime can tell (main.ts asks
// it before the edge serves).

import { readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import { fail, ok, type Result } from '../base/index.ts'
import { isBindingName, isWorkerName, type ModuleType, parseRoutePattern, type ScriptModule } from '../scripts/index.ts'
import { findOwner } from './ownership.ts'
import { type ConfigPath, quote, sentence } from './problems.ts'
import { reasonOf } from './read-failure.ts'
import type { RouteInFile, SnippetInFile, WorkerInFile, WrittenZone } from './resolved.ts'
import type { ZoneDocument } from './schema.ts'
import type { ScriptChange } from './script-change.ts'
import { isWorkerRouteOf, patternHost } from './script-routes.ts'
import { judgeExpressions, judgeSnippet } from './snippet-judgements.ts'
import { parseZoneName } from './texts.ts'

type Reading = { readonly folder: string; readonly zones: ReadonlyMap<string, string>; readonly problems: string[] }
type WrittenScripts = Pick<WrittenZone, 'workers' | 'workerRoutes' | 'snippets'>
type WorkerDocument = NonNullable<ZoneDocument['workers']>[number]
type SnippetEntry = NonNullable<ZoneDocument['snippets']>[number]

/** What a zone of the file says of scripts; `zones` has the names of all zones.  What is wrong is added to `problems`. */
export function readScripts(document: ZoneDocument, path: ConfigPath, reading: Reading): WrittenScripts {
  const { workers, worker_routes, snippets } = document
  return {
    ...(workers !== undefined && {
      workers: workers.map((each, index) => readWorker(each, document.name, [...path, 'workers', index], reading)),
    }),
    ...(worker_routes !== undefined && {
      workerRoutes: worker_routes.flatMap(({ pattern, script, request_limit_fail_open }, index) => {
        const place = [...path, 'worker_routes', index, 'pattern']
        return readRoute(pattern, script, request_limit_fail_open ?? false, { zone: document.name, place, reading })
      }),
    }),
    ...(snippets !== undefined && { snippets: readSnippets(snippets, [...path, 'snippets'], reading) }),
  }
}

function readWorker(json: WorkerDocument, zone: string, path: ConfigPath, reading: Reading): WorkerInFile {
  const { name, main, modules = [], routes = [], domains = [], vars = {}, fail_open = false } = json
  if (!isWorkerName(name)) {
    const message = `${quote(name)} is not the name of a Worker; use at most 63 lower-case letters, digits, - and _`
    reading.problems.push(sentence([...path, 'name'], message))
  }
  const isServiceWorker = json.format === 'service-worker'
  const code = readCode(main, isServiceWorker ? [] : modules, path, { ...reading, member: 'main' })
  const bindings = Object.entries(vars).flatMap(([variable, value]) => {
    if (isBindingName(variable)) return [bindingOf(variable, value)]
    const message = `${quote(variable)} is not the name of a variable; use letters, digits and _`
    reading.problems.push(sentence([...path, 'vars', variable], message))
    return []
  })
  return {
    name,
    path: [...path, 'main'],
    change: {
      code: isServiceWorker ? asServiceWorker(code) : code,
      bindings,
      keep: ['secret_text'],
      compatibilityDate: json.compatibility_date,
      compatibilityFlags: json.compatibility_flags ?? [],
    },
    routes: routes.flatMap((pattern, index) => {
      return readRoute(pattern, name, fail_open, { zone, place: [...path, 'routes', index], reading })
    }),
    domains: domains.flatMap((host, index) => readDomain(host, [...path, 'domains', index], reading)),
  }
}

/** As wrangler has it: a text is one, anything else is JSON. */
function bindingOf(name: string, value: unknown): ScriptChange['bindings'][number] {
  return typeof value === 'string' ? { type: 'plain_text', name, text: value } : { type: 'json', name, json: value }
}

type RoutePlace = { readonly zone: string; readonly place: ConfigPath; readonly reading: Reading }

/** A route of the zone that it stands in, or of another of the file by its host. */
function readRoute(
  pattern: string,
  script: string | undefined,
  failOpen: boolean,
  { zone, place, reading }: RoutePlace,
): readonly RouteInFile[] {
  const owner = isWorkerRouteOf(pattern, zone) ? zone : (findOwner(reading.zones, patternHost(pattern)) ?? zone)
  const parsed = parseRoutePattern(pattern, owner)
  if (parsed.ok) return [{ zone: owner, pattern, script, failOpen }]
  reading.problems.push(sentence(place, `${quote(pattern)} ${parsed.problem}`))
  return []
}

function readDomain(text: string, place: ConfigPath, { zones, problems }: Reading): WorkerInFile['domains'] {
  const host = parseZoneName(text)
  const zone = host.ok ? findOwner(zones, host.value) : undefined
  if (host.ok && zone !== undefined) return [{ zone, hostname: host.value }]
  const message = host.ok ? 'is a host of no zone; add the zone, or use a host of one' : host.problem
  problems.push(sentence(place, `${quote(text)} ${message}`))
  return []
}

function readSnippets(entries: readonly SnippetEntry[], path: ConfigPath, reading: Reading): readonly SnippetInFile[] {
  const seen = new Map<string, number>()
  return entries.map((entry, index) => {
    const { name, file, modules = [], expression, description = '', enabled = true } = entry
    const place = [...path, index]
    const first = seen.get(name)
    if (first !== undefined) {
      reading.problems.push(sentence([...place, 'name'], `${quote(name)} is snippets[${first}] already; rename one`))
    }
    seen.set(name, first ?? index)
    const code = readCode(file, modules, place, { ...reading, member: 'file' })
    const problem = judgeSnippet(name, code)
    if (problem?.kind === 'bad-name') reading.problems.push(sentence([...place, 'name'], problem.message))
    if (problem?.kind === 'too-large') {
      const message = `${quote(file)} has ${problem.size} bytes, more than the ${problem.limit} of a snippet; write a Worker`
      reading.problems.push(sentence([...place, 'file'], message))
    }
    const rule = expression === undefined ? undefined : { snippet_name: name, expression, description, enabled }
    for (const { message } of rule === undefined ? [] : judgeExpressions([rule])) {
      reading.problems.push(sentence([...place, 'expression'], message))
    }
    return { name, path: [...place, 'file'], code, rule }
  })
}

type Code = NonNullable<ScriptChange['code']>

/** The main file and those that it imports, called by their paths from its folder. */
function readCode(
  main: string,
  others: readonly string[],
  path: ConfigPath,
  { folder, problems, member }: Reading & { readonly member: string },
): Code {
  const root = posix.dirname(toPosix(main))
  const files = [
    { file: main, place: [...path, member] },
    ...others.map((file, index) => ({ file, place: [...path, 'modules', index] })),
  ]
  const modules = files.flatMap(({ file, place }, index): readonly ScriptModule[] => {
    const name = posix.relative(root, toPosix(file))
    const type = index === 0 ? ok<ModuleType>('esm') : typeOf(name)
    const content = readFile(resolve(folder, file))
    for (const problem of [type, content]) {
      if (!problem.ok) problems.push(sentence(place, `${quote(file)} ${problem.problem}`))
    }
    return type.ok && content.ok ? [{ name, type: type.value, content: content.value }] : []
  })
  return { mainModule: posix.basename(toPosix(main)), modules }
}

function asServiceWorker({ mainModule, modules }: Code): Code {
  return { mainModule, modules: modules.map((each) => ({ ...each, type: 'script' as const })) }
}

function toPosix(path: string): string {
  return path.replaceAll('\\', '/')
}

function readFile(path: string): Result<Uint8Array, string> {
  try {
    return ok(new Uint8Array(readFileSync(path)))
  } catch (cause) {
    // Fail closed: the edge does not start.
    return fail(
      `cannot be read: ${reasonOf(cause)} at ${path}; correct the path, which is relative to the configuration`,
    )
  }
}

/** By its ending, as wrangler's own rules have it. */
const TYPES: Readonly<Record<string, ModuleType>> = {
  '.js': 'esm',
  '.mjs': 'esm',
  '.cjs': 'commonjs',
  '.txt': 'text',
  '.html': 'text',
  '.sql': 'text',
  '.bin': 'data',
  '.wasm': 'wasm',
  '.json': 'json',
}

function typeOf(name: string): Result<ModuleType, string> {
  if (name.startsWith('../')) return fail('is not below the folder of the main file; move it there')
  const ending = posix.extname(name).toLowerCase()
  const type = Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined
  return type === undefined ? fail(`is of no known kind; use one of ${Object.keys(TYPES).join(', ')}`) : ok(type)
}

/** The ending of a file that holds such a module. */
export function endingOf(type: ModuleType): readonly string[] {
  return Object.entries(TYPES).flatMap(([ending, each]) => (each === type ? [ending] : []))
}

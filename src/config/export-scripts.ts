// Workers and Snippets as `workers`, `worker_routes` and `snippets` of a varyant.json, and the files that these name.
//
// Workers are of the account and stand in the first zone that has a route or a domain of theirs, or in the first of all.

import type { Documents } from './documents.ts'
import { findOwner } from './ownership.ts'
import {
  type KeptContent,
  type KeptModule,
  listScripts,
  readDeployed,
  readDomains,
  readRoutes,
  readSnippetRules,
  readSnippets,
} from './script-documents.ts'
import { isWorkerRouteOf, patternHost } from './script-routes.ts'
import { endingOf } from './scripts-file.ts'

type ZoneRef = { readonly id: string; readonly name: string }

export type ExportedFile = {
  /** Relative to the configuration; with slashes. */
  readonly path: string
  readonly content: Uint8Array
}

export type ExportedScripts = {
  /** What each zone has of scripts, by its id. */
  readonly zones: ReadonlyMap<string, object>
  readonly files: readonly ExportedFile[]
  readonly leftOut: readonly string[]
}

type Gathering = { readonly documents: Documents; readonly files: ExportedFile[]; readonly leftOut: string[] }

/** The scripts of all zones. */
export function exportScripts(documents: Documents, zones: readonly ZoneRef[]): ExportedScripts {
  const gathering: Gathering = { documents, files: [], leftOut: [] }
  const homes = new Map<string, object[]>()
  for (const [name] of listScripts(documents)) {
    const home = homeOf(name, documents, zones)
    const worker = home && exportWorker(name, home, zones, gathering)
    if (home === undefined || worker === undefined) continue
    homes.set(home.id, [...(homes.get(home.id) ?? []), worker])
  }
  const entries = zones.map((zone) => {
    const workers = homes.get(zone.id) ?? []
    const routes = readRoutes(documents, zone.id).filter(({ script }) => script === undefined)
    const snippets = exportSnippets(zone, gathering)
    const json = {
      ...(workers.length > 0 && { workers }),
      ...(routes.length > 0 && { worker_routes: routes.map(({ pattern }) => ({ pattern })) }),
      ...(snippets.length > 0 && { snippets }),
    }
    return [zone.id, json] as const
  })
  return { zones: new Map(entries), files: gathering.files, leftOut: gathering.leftOut }
}

function homeOf(script: string, documents: Documents, zones: readonly ZoneRef[]): ZoneRef | undefined {
  const named = zones.find(({ id }) =>
    [...readRoutes(documents, id), ...readDomains(documents, id)].some((each) => each.script === script),
  )
  return named ?? zones[0]
}

function exportWorker(
  name: string,
  home: ZoneRef,
  zones: readonly ZoneRef[],
  gathering: Gathering,
): object | undefined {
  const { documents, leftOut } = gathering
  const content = readDeployed(documents, name)?.content
  if (content === undefined) {
    leftOut.push(`the Worker ${name}: none of its versions is deployed`)
    return undefined
  }
  const files = exportModules(content, `workers/${name}`, `the Worker ${name}`, gathering)
  if (files === undefined) return undefined
  const byName = new Map(zones.map((zone) => [zone.name, zone]))
  const all = zones.flatMap((zone) => readRoutes(documents, zone.id).map((route) => ({ ...route, zone })))
  const own = all.filter(({ script }) => script === name)
  // Where it would be read as another zone's it cannot stand.
  const isReadRight = ({ pattern, zone }: (typeof own)[number]): boolean =>
    isWorkerRouteOf(pattern, home.name) ? zone.id === home.id : findOwner(byName, patternHost(pattern))?.id === zone.id
  for (const { pattern, zone } of own.filter((route) => !isReadRight(route))) {
    leftOut.push(`the Worker ${name}: its route ${pattern} of the zone ${zone.name}; add it there by the API`)
  }
  const routes = own.filter(isReadRight)
  const domains = zones.flatMap(({ id }) => readDomains(documents, id)).filter(({ script }) => script === name)
  return {
    name,
    ...files,
    ...(content.modules[0]?.type === 'script' && { format: 'service-worker' }),
    routes: routes.map(({ pattern }) => pattern),
    ...(domains.length > 0 && { domains: domains.map(({ hostname }) => hostname) }),
    ...(routes.length > 0 && routes.every(({ fail_open }) => fail_open) && { fail_open: true }),
    compatibility_date: content.compatibility_date,
    ...(content.compatibility_flags.length > 0 && { compatibility_flags: content.compatibility_flags }),
    ...varsOf(name, content, leftOut),
  }
}

function varsOf(name: string, { bindings }: KeptContent, leftOut: string[]): object {
  const vars: [string, unknown][] = []
  for (const binding of bindings) {
    if (binding.type === 'plain_text') vars.push([binding.name, binding.text])
    else if (binding.type === 'json' && typeof binding.json !== 'string') vars.push([binding.name, binding.json])
    else {
      const what = binding.type === 'secret_text' ? 'secret' : `binding of the kind ${binding.type}`
      leftOut.push(`the Worker ${name}: the ${what} ${binding.name}; set it again by the API`)
    }
  }
  return vars.length === 0 ? {} : { vars: Object.fromEntries(vars) }
}

function exportSnippets(zone: ZoneRef, gathering: Gathering): readonly object[] {
  const { documents } = gathering
  const { rules } = readSnippetRules(documents, zone.id)
  const place = (name: string): number => {
    const index = rules.findIndex(({ snippet_name }) => snippet_name === name)
    return index < 0 ? rules.length : index
  }
  const inOrder = readSnippets(documents, zone.id).toSorted(([a], [b]) => place(a) - place(b))
  return inOrder.flatMap(([name, snippet]) => {
    const folder = `snippets/${zone.name}/${name}`
    const files = exportModules(snippet, folder, `the snippet ${name} of ${zone.name}`, gathering)
    if (files === undefined) return []
    const rule = rules.find(({ snippet_name }) => snippet_name === name)
    const { main: file, ...others } = files
    return [
      {
        ...{ name, file, ...others },
        ...(rule && { expression: rule.expression }),
        ...(rule && rule.description !== '' && { description: rule.description }),
        ...(rule?.enabled === false && { enabled: false }),
      },
    ]
  })
}

type Code = { readonly main_module: string; readonly modules: readonly KeptModule[] }

/** The files of a script below a folder; undefined when a file system cannot have them as they are called. */
function exportModules(
  { main_module, modules }: Code,
  folder: string,
  what: string,
  { documents, files, leftOut }: Gathering,
): { readonly main: string; readonly modules?: readonly string[] } | undefined {
  const odd = modules.find((each) => !isFileName(each, main_module))
  if (odd !== undefined) {
    leftOut.push(`${what}: its module ${JSON.stringify(odd.name)} is called as no file of its kind can be`)
    return undefined
  }
  const pathOf = (name: string): string => `${folder}/${name.replace(/^\.\//, '')}`
  for (const { name, hash } of modules) {
    files.push({ path: pathOf(name), content: documents.blobs.read(hash) ?? new Uint8Array() })
  }
  const others = modules.filter(({ name }) => name !== main_module).map(({ name }) => pathOf(name))
  return { main: pathOf(main_module), ...(others.length > 0 && { modules: others }) }
}

/** Whether the module can be a file that is read back as the same module. */
function isFileName({ name, type }: KeptModule, main: string): boolean {
  const path = name.replace(/^\.\//, '')
  const isPlain = /^[\w@+=,. -]+(?:\/[\w@+=,. -]+)*$/.test(path) && !path.split('/').some((part) => /^\.+$/.test(part))
  return isPlain && (name === main ? !path.includes('/') : endingOf(type).some((ending) => path.endsWith(ending)))
}

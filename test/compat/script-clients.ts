// The official SDK's calls for Workers, routes and snippets in its two lines, behind one interface where they differ.

import Cloudflare from 'cloudflare'
import Cloudflare4 from 'cloudflare-4'
import type { SdkOptions } from './clients.ts'

export type Named = {
  readonly id?: string
  readonly name?: string
  readonly pattern?: string
  readonly script?: string
}
export type SnippetShown = { readonly snippet_name?: string }

/** What the tests do with an SDK; each call is one of the SDK's own. */
export type ScriptSdk = {
  putScript(name: string, metadata: object, files: readonly File[]): Promise<Named>
  listScripts(): AsyncIterable<Named>
  getScript(name: string): Promise<string>
  deleteScript(name: string): Promise<unknown>
  putVersion(name: string, metadata: object, files: readonly File[]): Promise<Named>
  listVersions(name: string): AsyncIterable<Named>
  getVersion(name: string, id: string): Promise<object>
  deploy(name: string, versionId: string): Promise<object>
  putSecret(name: string, secret: string, text: string): Promise<Named>
  listSecrets(name: string): AsyncIterable<Named>
  deleteSecret(name: string, secret: string): Promise<unknown>
  settings(name: string): Promise<object>
  createTail(name: string): Promise<{ readonly id?: string; readonly url?: string }>
  deleteTail(name: string, id: string): Promise<unknown>
  createRoute(zone: string, pattern: string, script?: string): Promise<Named>
  updateRoute(zone: string, id: string, pattern: string, script?: string): Promise<Named>
  getRoute(zone: string, id: string): Promise<Named>
  listRoutes(zone: string): AsyncIterable<Named>
  deleteRoute(zone: string, id: string): Promise<unknown>
  putDomain(zone: string, hostname: string, service: string): Promise<Named>
  deleteDomain(id: string): Promise<unknown>
  putSnippet(zone: string, name: string, main: string, files: readonly File[]): Promise<SnippetShown>
  listSnippets(zone: string): AsyncIterable<SnippetShown>
  getSnippet(zone: string, name: string): Promise<SnippetShown>
  snippetContent(zone: string, name: string): Promise<string>
  deleteSnippet(zone: string, name: string): Promise<unknown>
  putSnippetRules(zone: string, rules: readonly object[]): Promise<unknown>
  listSnippetRules(zone: string): AsyncIterable<SnippetShown>
  deleteSnippetRules(zone: string): Promise<unknown>
}

/** A body that the SDK's types do not need to know. */
// biome-ignore lint/suspicious/noExplicitAny: what is sent is under test
const untyped = (body: object): any => body

/** The SDK's types have more than is looked at. */
const as = async <Shape>(answer: PromiseLike<unknown>): Promise<Shape> => (await answer) as Shape

const whole = (version_id: string) => ({ strategy: 'percentage', versions: [{ version_id, percentage: 100 }] })

export function makeNewestScripts(options: SdkOptions, account_id: string): ScriptSdk {
  const { workers, snippets } = new Cloudflare(options)
  const { scripts, routes, domains } = workers
  return {
    putScript: (name, metadata, files) => as(scripts.update(name, untyped({ account_id, metadata, files }))),
    listScripts: () => scripts.list({ account_id }),
    getScript: (name) => as(scripts.get(name, { account_id })),
    deleteScript: (name) => scripts.delete(name, { account_id }),
    putVersion: (name, metadata, files) => as(scripts.versions.create(name, untyped({ account_id, metadata, files }))),
    listVersions: (name) => scripts.versions.list(name, { account_id }),
    getVersion: (script_name, id) => as(scripts.versions.get(id, { account_id, script_name })),
    deploy: (name, id) => as(scripts.deployments.create(name, untyped({ account_id, ...whole(id) }))),
    putSecret: (script, name, text) =>
      as(scripts.secrets.update(script, untyped({ account_id, name, text, type: 'secret_text' }))),
    listSecrets: (name) => scripts.secrets.list(name, { account_id }),
    deleteSecret: (script_name, name) => scripts.secrets.delete(name, { account_id, script_name }),
    settings: (name) => as(scripts.scriptAndVersionSettings.get(name, { account_id })),
    createTail: (name) => scripts.tail.create(name, untyped({ account_id, body: {} })),
    deleteTail: (script_name, id) => scripts.tail.delete(id, { account_id, script_name }),
    createRoute: (zone_id, pattern, script) => as(routes.create(untyped({ zone_id, pattern, script }))),
    updateRoute: (zone_id, id, pattern, script) => as(routes.update(id, untyped({ zone_id, pattern, script }))),
    getRoute: (zone_id, id) => as(routes.get(id, { zone_id })),
    listRoutes: (zone_id) => routes.list({ zone_id }),
    deleteRoute: (zone_id, id) => routes.delete(id, { zone_id }),
    putDomain: (zone_id, hostname, service) =>
      as(domains.update(untyped({ account_id, zone_id, hostname, service, environment: 'production' }))),
    deleteDomain: (id) => domains.delete(id, { account_id }),
    putSnippet: (zone_id, name, main_module, files) =>
      as(snippets.update(name, untyped({ zone_id, metadata: { main_module }, files }))),
    listSnippets: (zone_id) => snippets.list({ zone_id, per_page: 1 }),
    getSnippet: (zone_id, name) => as(snippets.get(name, { zone_id })),
    snippetContent: async (zone_id, name) => (await snippets.content.get(name, { zone_id })).text(),
    deleteSnippet: (zone_id, name) => as(snippets.delete(name, { zone_id })),
    putSnippetRules: (zone_id, rules) => as(snippets.rules.update(untyped({ zone_id, rules }))),
    listSnippetRules: (zone_id) => snippets.rules.list({ zone_id }),
    deleteSnippetRules: (zone_id) => as(snippets.rules.delete({ zone_id })),
  }
}

export function makeFourthScripts(options: SdkOptions, account_id: string): ScriptSdk {
  const { workers, snippets } = new Cloudflare4(options)
  const { scripts, routes, domains } = workers
  return {
    putScript: (name, metadata, files) =>
      as(scripts.update(name, untyped({ account_id, metadata, files: byName(files) }))),
    listScripts: () => scripts.list({ account_id }),
    getScript: (name) => as(scripts.get(name, { account_id })),
    deleteScript: (name) => scripts.delete(name, { account_id }),
    putVersion: (name, metadata, files) =>
      as(scripts.versions.create(name, untyped({ account_id, metadata, files: byName(files) }))),
    listVersions: (name) => scripts.versions.list(name, { account_id }),
    getVersion: (name, id) => as(scripts.versions.get(name, id, { account_id })),
    deploy: (name, id) => as(scripts.deployments.create(name, untyped({ account_id, ...whole(id) }))),
    putSecret: (script, name, text) =>
      as(scripts.secrets.update(script, untyped({ account_id, name, text, type: 'secret_text' }))),
    listSecrets: (name) => scripts.secrets.list(name, { account_id }),
    deleteSecret: (script, name) => scripts.secrets.delete(script, name, { account_id }),
    settings: (name) => as(scripts.scriptAndVersionSettings.get(name, { account_id })),
    createTail: (name) => scripts.tail.create(name, untyped({ account_id, body: {} })),
    deleteTail: (name, id) => scripts.tail.delete(name, id, { account_id }),
    createRoute: (zone_id, pattern, script) => as(routes.create(untyped({ zone_id, pattern, script }))),
    updateRoute: (zone_id, id, pattern, script) => as(routes.update(id, untyped({ zone_id, pattern, script }))),
    getRoute: (zone_id, id) => as(routes.get(id, { zone_id })),
    listRoutes: (zone_id) => routes.list({ zone_id }),
    deleteRoute: (zone_id, id) => routes.delete(id, { zone_id }),
    putDomain: (zone_id, hostname, service) =>
      as(domains.update(untyped({ account_id, zone_id, hostname, service, environment: 'production' }))),
    deleteDomain: (id) => domains.delete(id, { account_id }),
    putSnippet: (zone_id, name, main_module, files) =>
      as(snippets.update(name, untyped({ zone_id, metadata: { main_module }, files }))),
    listSnippets: (zone_id) => snippets.list({ zone_id }),
    getSnippet: (zone_id, name) => as(snippets.get(name, { zone_id })),
    snippetContent: async (zone_id, name) => (await snippets.content.get(name, { zone_id })).text(),
    deleteSnippet: (zone_id, name) => as(snippets.delete(name, { zone_id })),
    putSnippetRules: (zone_id, rules) => as(snippets.rules.update(untyped({ zone_id, rules }))),
    listSnippetRules: (zone_id) => snippets.rules.list({ zone_id }),
    deleteSnippetRules: (zone_id) => as(snippets.rules.delete({ zone_id })),
  }
}

/** The older line takes the files of an upload by their names. */
function byName(files: readonly File[]): Readonly<Record<string, File>> {
  return Object.fromEntries(files.map((file) => [file.name, file]))
}

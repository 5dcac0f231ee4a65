// The door of `scripts`: what Workers and Snippets are, and which URLs run them.  Pure.

export { isBindingName, isSnippetName, isWorkerName } from './names.ts'
export {
  compareRoutePatterns,
  isRouteMatch,
  isSameRoute,
  parseRoutePattern,
  type RequestedUrl,
  type RoutePattern,
} from './route-pattern.ts'
export type { BindingType, ModuleType, Script, ScriptBinding, ScriptFindings, ScriptModule } from './script.ts'
export {
  findWorker,
  makeZoneScripts,
  type ScriptDomain,
  type ScriptRoute,
  type SnippetRule,
  type WorkerChoice,
  type ZoneScripts,
} from './zone-scripts.ts'

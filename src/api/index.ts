// The door of `api`: the control plane.

export type { ApiOptions } from './options.ts'
export type { ScriptHost, TraceItem } from './script-host.ts'
export { type ApiServer, startApi } from './server.ts'

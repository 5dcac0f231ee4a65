// The door of `api`: the control plane.

export type { ScriptHost, TraceItem } from './script-host.ts'
export { type ApiOptions, type ApiServer, startApi } from './server.ts'

// The door of `api`: the control plane.

export { type ApiOptions, type ApiServer, startApi } from './server.ts'

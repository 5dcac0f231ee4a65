// The door of `edge`: the data plane.

export { type Edge, type EdgeParts, startEdge } from './listener.ts'

// The door of `edge`: the data plane.

export { type Edge, type EdgeParts, startEdge } from './listener.ts'
export type { Role, Siblings } from './role.ts'

// The parts of a hit in memory, for bench/hit-path.ts

export { makeBackground } from './background.ts'
export type { EdgeServices } from './edge.ts'
export { Flights } from './flights.ts'
export { answerFromMemory } from './hot-path.ts'
export { nextRay } from './ray.ts'
export { makeRoutes } from './routes.ts'
export { keyRequest } from './stages/cache-settings.ts'

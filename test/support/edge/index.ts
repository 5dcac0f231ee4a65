// The door of the edge under test: the edge in this process, the usual stage around it, and stories played on it.

export {
  ACCOUNT_ID,
  type CacheRule,
  type Edge,
  type EdgeOptions,
  START_OF_TIME,
  startEdge,
  type ZoneConfig,
  zoneId,
} from './edge.ts'
export type { EventLog } from './event-log.ts'
export { headerRule, putRules, type RuleOfTest, type RunPhase, setRules } from './rules.ts'
export { play, type Scene, type SceneOptions, type Step, startScene, until, ZONE } from './scene.ts'
export {
  deployTo,
  deployWorker,
  putSnippets,
  routeOf,
  startWithWorker,
  type WorkerOfTest,
  workerOf,
} from './scripts.ts'
export { type Asked, type SharingRow, share, statusOf } from './sharing.ts'

// The door of `runtime`: Workers and Snippets on workerd.

export { type CfKnobs, NO_KNOBS } from './cf-knobs.ts'
export type {
  CacheCall,
  Gateway,
  PutHead,
  ScriptedZone,
  ScriptFailure,
  ScriptFault,
  ScriptOutcome,
  ScriptRuntime,
  Subrequest,
  TailItem,
  TailListener,
  Visit,
} from './contract.ts'
export { makeRuntime, mayFailOpen, type RuntimeOptions } from './host.ts'
export { findWorkerd, type WorkerdBinary } from './workerd-binary.ts'

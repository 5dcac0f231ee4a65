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
  SocketAnswer,
  SocketEntrance,
  Subrequest,
  TailItem,
  TailListener,
  Tunnel,
  Visit,
} from './contract.ts'
export { makeRuntime, type RuntimeOptions } from './host.ts'
export { isBareFailure } from './serve.ts'
export { mayFailOpen } from './stages.ts'
export { findWorkerd, type WorkerdBinary } from './workerd-binary.ts'

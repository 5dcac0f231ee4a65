// The door of `origin`: connections to origin servers.  The only room that dials out.

// Requests
export { makeOriginClient } from './client.ts'
export {
  type AllowedTarget,
  ClientGone,
  type OriginAddress,
  type OriginAnswer,
  type OriginClient,
  type OriginClientOptions,
  type OriginRequest,
} from './contract.ts'
// Waiting
export { Deadlines, type Waiting } from './deadlines.ts'
// Failures
export { isBrokenOff } from './faults.ts'
// WebSocket
export { connectWebSocket } from './websocket.ts'
export type { WebSocketHandshake, WebSocketOptions, WebSocketRequest } from './websocket-contract.ts'
export type { OriginSocket, OriginSocketListener } from './websocket-socket.ts'

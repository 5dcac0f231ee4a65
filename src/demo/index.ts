// The door of `demo`: an origin server to try the edge with.

export { type DemoOrigin, startDemoOrigin } from './origin.ts'

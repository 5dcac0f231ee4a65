// The door of `cors`: the Fetch standard's CORS protocol as a gateway sees it, pure.

export { isSerializedOrigin, parseWebOrigin, type WebOrigin } from './web-origin.ts'

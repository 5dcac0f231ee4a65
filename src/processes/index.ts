// The door of `processes`: several processes that serve the same addresses, and the one that controls them.

export { makeSeveral, reservePorts, type Several, type SeveralParts, shareOfMemory } from './several.ts'

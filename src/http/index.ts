// The door of `http`: the protocol's nouns, pure.  RFC 9110 unless a file says otherwise.

// Negotiation
export { normalizeAccept, normalizeAcceptEncoding, normalizeAcceptLanguage, normalizeGeneric } from './accept.ts'
// Validators and conditions
export { formatHttpDate, parseHttpDate } from './dates.ts'
export { type EntityTag, entityTagList, isWeak, parseEntityTag, strongMatch, weakMatch } from './entity-tag.ts'
// Fields
export {
  type Field,
  type FieldList,
  fieldValue,
  hasField,
  listMembers,
  trimOws,
  withField,
  withoutFields,
} from './fields.ts'
// Forms
export { type FormPart, parseFormData } from './form-data.ts'
// Messages in passing
export { appendForwardedFor } from './forwarded.ts'
export { connectionOptions, HOP_BY_HOP, isGuarded } from './hop-by-hop.ts'
// The target
export { type Host, parseHost } from './host.ts'
export { isIpv4, isIpv6 } from './ip-address.ts'
export { parseCdnLoop } from './loop.ts'
export { essence } from './media-type.ts'
// Ranges
export { type MultipartRanges, multipartRanges, type RangePart } from './multipart.ts'
export { acceptsEncoding, preferredErrorType } from './negotiation.ts'
export { type NormalizationType, normalizeUrl } from './normalize-url.ts'
export {
  evaluatePreconditions,
  type PreconditionOutcome,
  type PresentedPreconditions,
  type SelectedRepresentation,
} from './preconditions.ts'
export { type QueryParameter, queryParameters, sortQuery } from './query.ts'
export { type ByteRange, contentRange, decideRange, type RangeDecision, unsatisfiedRange } from './ranges.ts'
export { isFinal } from './status.ts'
export { sfInteger, sfString, sfToken } from './structured.ts'
export { lastSegment, pathExtension, splitTarget, type Target } from './target.ts'
export { isToken } from './token.ts'

// IP addresses in text, as URIs write them: dotted quads and IPv6 without brackets or zone.  RFC 3986 §3.2.2.

/** Whether the text is four decimal octets without leading zeros. */
export function isIpv4(text: string): boolean {
  const octets = text.length <= 15 ? text.split('.') : []
  return octets.length === 4 && octets.every(isOctet)
}

/**
 * Whether the text is an IPv6 address: eight groups of one to four hex digits, the last two perhaps as a dotted quad, and
 * at most one `::` that stands for one or more groups of zeros.
 */
export function isIpv6(text: string): boolean {
  if (text.length < 2 || text.length > 45) return false
  const gap = text.indexOf('::')
  if (gap < 0) return countGroups(text, 'may-end-in-ipv4') === 8
  const before = countGroups(text.slice(0, gap), 'hex-only')
  const behind = countGroups(text.slice(gap + 2), 'may-end-in-ipv4')
  return before + behind <= 7
}

/** How many 16-bit groups the text writes; more than any address has when one of them is none. */
function countGroups(text: string, form: 'hex-only' | 'may-end-in-ipv4'): number {
  if (text === '') return 0
  let count = 0
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const isQuad = form === 'may-end-in-ipv4' && index === groups.length - 1 && isIpv4(group)
    if (!isQuad && !isGroup(group)) return Number.POSITIVE_INFINITY
    count += isQuad ? 2 : 1
  }
  return count
}

function isGroup(text: string): boolean {
  return /^[0-9a-f]{1,4}$/i.test(text)
}

function isOctet(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,2})$/.test(text) && Number(text) <= 255
}

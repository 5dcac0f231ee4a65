// Ray ids: sixteen hexadecimal digits that name one exchange in answers, origin requests and logs.  CF fundamentals/reference/cloudflare-ray-id
//
// A random beginning for each process and a counter behind it: unique without asking for randomness on each request.

const HEX: readonly string[] = Array.from({ length: 65_536 }, (_, n) => n.toString(16).padStart(4, '0'))

let high = 0
let low = 0
let prefix = ''

/** The next ray id. */
export function nextRay(): string {
  if (low === 0) prefix = nextPrefix()
  const ray = prefix + HEX[low]
  low = (low + 1) & 0xffff
  return ray
}

const RANDOM = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0

function nextPrefix(): string {
  const text = RANDOM.toString(16).padStart(8, '0') + (HEX[high] ?? '')
  high = (high + 1) & 0xffff
  return text
}

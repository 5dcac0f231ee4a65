// Ray ids: sixteen hexadecimal digits that name one exchange in answers, origin requests and logs.  CF fundamentals/reference/cloudflare-ray-id
//
//   RRRRRRRR CCCCCC CC      random for each process, and a counter behind it: unique without asking for randomness each time
//
// All but the last two digits is made once in 256 rays.

const HEX: readonly string[] = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'))
const RANDOM = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0).toString(16).padStart(8, '0')
const TURNS = 2 ** 24

let turn = 0
let low = 0
let prefix = ''

/** The next ray id. */
export function nextRay(): string {
  if (low === 0) prefix = nextPrefix()
  const ray = prefix + HEX[low]
  low = (low + 1) & 0xff
  return ray
}

function nextPrefix(): string {
  const text = RANDOM + turn.toString(16).padStart(6, '0')
  turn = (turn + 1) % TURNS
  return text
}

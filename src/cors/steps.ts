// Every outcome of the protocol by name: the section of the Fetch standard that decides it, and what it found.

export const STEPS = {
  // What passes
  'same-origin': ['Main fetch', 'the page and the URL have one origin, so nothing is checked'],
  'cors-allowed': ['CORS check', 'the answer grants the page to read it'],
  'no-cors': ['Main fetch', 'a no-cors request is not checked, and no script can read the answer'],

  // CORS check
  'allow-origin-missing': ['CORS check', 'Access-Control-Allow-Origin is missing'],
  'allow-origin-several': ['CORS check', 'Access-Control-Allow-Origin has several values'],
  'allow-origin-not-an-origin': ['CORS check', 'Access-Control-Allow-Origin is no serialised origin'],
  'allow-origin-other': ['CORS check', 'Access-Control-Allow-Origin names another origin'],
  'wildcard-with-credentials': ['CORS check', 'Access-Control-Allow-Origin is * and the request has credentials'],
  'allow-credentials-missing': ['CORS check', 'Access-Control-Allow-Credentials is missing'],
  'allow-credentials-not-true': ['CORS check', 'Access-Control-Allow-Credentials is not the text true'],

  // CORS-preflight fetch
  'preflight-status': ['CORS-preflight fetch', 'the status of the preflight is not a 2xx'],
  'preflight-redirect': ['CORS-preflight fetch', 'the preflight was answered with a redirect'],
  'allow-methods-malformed': ['CORS-preflight fetch', 'Access-Control-Allow-Methods is no list of methods'],
  'allow-headers-malformed': ['CORS-preflight fetch', 'Access-Control-Allow-Headers is no list of names'],
  'method-not-allowed': ['CORS-preflight fetch', 'Access-Control-Allow-Methods does not have the method'],
  'method-wildcard-with-credentials': [
    'CORS-preflight fetch',
    'Access-Control-Allow-Methods is *, which counts as a name in a request with credentials',
  ],
  'authorization-not-allowed': [
    'CORS-preflight fetch',
    'Access-Control-Allow-Headers does not name authorization, which * does not allow',
  ],
  'header-not-allowed': ['CORS-preflight fetch', 'Access-Control-Allow-Headers does not have a header'],
  'header-wildcard-with-credentials': [
    'CORS-preflight fetch',
    'Access-Control-Allow-Headers is *, which counts as a name in a request with credentials',
  ],

  // HTTP-network fetch
  'no-answer': ['HTTP-network fetch', 'the connection ends without an answer'],

  // HTTP-redirect fetch
  'location-malformed': ['HTTP-redirect fetch', 'Location is no URL'],
  'location-scheme': ['HTTP-redirect fetch', 'Location is not an http or https URL'],
  'too-many-redirects': ['HTTP-redirect fetch', 'it is the 21st redirect; 20 are followed'],
  'location-credentials': ['HTTP-redirect fetch', 'Location has a user name or password in it'],
} as const satisfies Record<string, readonly [section: string, found: string]>

export type StepName = keyof typeof STEPS

/** A step that ended a fetch, or let it pass. */
export type Step = {
  readonly name: StepName
  /** One sentence with the values in question. */
  readonly why: string
}

/** The step in one line, as reports name it: "CORS check: Access-Control-Allow-Origin is missing". */
export function stepTitle(name: StepName): string {
  const [section, found] = STEPS[name]
  return `${section}: ${found}`
}

/** A value from outside as a sentence can show it: quoted, cut, and without control characters. */
export function shown(value: string): string {
  const MAX_SHOWN_CHARACTERS = 120
  const cut = value.length > MAX_SHOWN_CHARACTERS ? `${value.slice(0, MAX_SHOWN_CHARACTERS)}...` : value
  return JSON.stringify(cut)
}

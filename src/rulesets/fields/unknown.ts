// Fields that Cloudflare has and this edge cannot know.  They exist, so that rules that name them compile; they are missing,
// or have the value that is documented for "nothing is known", and the API says so.

import { arrayOf, BOOL, INT, mapOf, STRING, type Type, type Value } from '../../rules/index.ts'
import { type FieldRow, MAP_OF_STRINGS, STRINGS } from './row.ts'

const INTS = arrayOf(INT)

function unknown(type: Type, why: string, names: readonly string[], fallback?: Value): readonly FieldRow[] {
  return names.map((name) => ({
    name,
    type,
    doc: why,
    read: undefined,
    changes: 'never',
    ...(fallback !== undefined && { fallback }),
  }))
}

const TLS = 'Of the TLS handshake, which the runtime does not tell.'
const MTLS = 'Of a client certificate, which this edge does not ask for.'
const BOTS = 'Of bot management, which this edge has not.'
const SHIELD = 'Of API Shield, which this edge has not.'
const JWT = 'Of JSON Web Token validation, which this edge has not.'
const WAF = 'Of the managed firewall, which this edge has not.'
const LLM = 'Of Firewall for AI, which this edge has not.'
const BODY = 'Of the content, which this edge streams and does not keep for rules.'
const NETWORK = 'Of the network below, which the runtime does not tell.'

function under(prefix: string, names: string): readonly string[] {
  return names.split(' ').map((name) => prefix + name)
}

const MTLS_FLAGS = 'cert_revoked cert_verified cert_presented cert_rfc9440_too_large cert_chain_rfc9440_too_large'
const MTLS_TEXTS =
  'cert_issuer_dn cert_subject_dn cert_issuer_dn_rfc2253 cert_subject_dn_rfc2253 cert_issuer_dn_legacy ' +
  'cert_subject_dn_legacy cert_serial cert_issuer_serial cert_fingerprint_sha256 cert_fingerprint_sha1 cert_not_before ' +
  'cert_not_after cert_ski cert_issuer_ski cert_rfc9440 cert_chain_rfc9440'
const TLS_TEXTS =
  'tls_cipher tls_version tls_ciphers_sha1 tls_client_ciphers_sha1 tls_client_extensions_sha1 ' +
  'tls_client_extensions_sha1_le tls_client_random'
const BOT_FLAGS = 'verified_bot static_resource js_detection.passed corporate_proxy signed_agent'
const SCHEMA_FLAGS = 'schema_validation.learned.violated schema_validation.uploaded.violated'
const CREDENTIAL_FLAGS = 'password_leaked username_leaked username_and_password_leaked username_password_similar'
const JWT_PREFIX = 'http.request.jwt.claims.'
const BODY_PREFIX = 'http.request.body.'

const JWT_FIELDS: readonly FieldRow[] = [
  ...['aud', 'iss', 'jti', 'sub'].flatMap((claim) => [
    ...unknown(MAP_OF_STRINGS, JWT, [JWT_PREFIX + claim]),
    ...unknown(STRINGS, JWT, under(JWT_PREFIX, `${claim}.names ${claim}.values`)),
  ]),
  ...['iat.sec', 'nbf.sec'].flatMap((claim) => [
    ...unknown(mapOf(INTS), JWT, [JWT_PREFIX + claim]),
    ...unknown(STRINGS, JWT, [`${JWT_PREFIX}${claim}.names`]),
    ...unknown(INTS, JWT, [`${JWT_PREFIX}${claim}.values`]),
  ]),
]

const BODY_FIELDS: readonly FieldRow[] = [
  ...unknown(STRING, BODY, under(BODY_PREFIX, 'raw mime')),
  ...unknown(BOOL, BODY, under(BODY_PREFIX, 'truncated')),
  ...unknown(INT, BODY, under(BODY_PREFIX, 'size')),
  ...unknown(MAP_OF_STRINGS, BODY, under(BODY_PREFIX, 'form multipart')),
  ...unknown(STRINGS, BODY, under(BODY_PREFIX, 'form.names form.values multipart.values')),
  ...unknown(
    arrayOf(STRINGS),
    BODY,
    under(`${BODY_PREFIX}multipart.`, 'names content_types content_dispositions content_transfer_encodings filenames'),
  ),
]

export const UNKNOWN_FIELDS: readonly FieldRow[] = [
  ...unknown(INT, NETWORK, ['cf.edge.l4.delivery_rate', 'cf.timings.client_quic_rtt_msec', 'cf.metal.id']),
  ...unknown(STRING, 'Of a custom hostname, which this edge has not.', ['cf.hostname.metadata'], ''),
  ...unknown(STRING, TLS, under('cf.', TLS_TEXTS)),
  ...unknown(INT, TLS, ['cf.tls_client_hello_length']),
  ...unknown(BOOL, MTLS, under('cf.tls_client_auth.', MTLS_FLAGS), false),
  ...unknown(STRING, MTLS, under('cf.tls_client_auth.', MTLS_TEXTS), ''),
  ...unknown(BOOL, BOTS, ['cf.client.bot'], false),
  ...unknown(BOOL, BOTS, under('cf.bot_management.', BOT_FLAGS)),
  ...unknown(INT, BOTS, ['cf.bot_management.score', 'cf.bot_detection.js_check_score']),
  ...unknown(STRING, BOTS, under('cf.bot_management.', 'ja3_hash ja4')),
  ...unknown(STRING, BOTS, ['cf.verified_bot_category'], ''),
  ...unknown(INTS, BOTS, ['cf.bot_management.detection_ids']),
  ...unknown(BOOL, SHIELD, under('cf.api_gateway.', 'auth_id_present request_violates_schema fallthrough_detected')),
  ...unknown(BOOL, SHIELD, under('cf.', SCHEMA_FLAGS)),
  ...unknown(STRING, SHIELD, ['cf.sequence.current_op']),
  ...unknown(mapOf(INT), SHIELD, ['cf.sequence.msec_since_op']),
  ...unknown(STRINGS, SHIELD, ['cf.sequence.previous_ops']),
  ...JWT_FIELDS,
  ...unknown(INT, WAF, ['cf.waf.score', ...under('cf.waf.score.', 'sqli xss rce')], 100),
  ...unknown(STRING, WAF, ['cf.waf.score.class']),
  ...unknown(BOOL, WAF, ['cf.waf.auth_detected', ...under('cf.waf.credential_check.', CREDENTIAL_FLAGS)]),
  ...unknown(BOOL, WAF, under('cf.waf.content_scan.', 'has_obj has_malicious_obj has_failed')),
  ...unknown(INT, WAF, under('cf.waf.content_scan.', 'num_obj num_malicious_obj')),
  ...unknown(INTS, WAF, ['cf.waf.content_scan.obj_sizes']),
  ...unknown(STRINGS, WAF, under('cf.waf.content_scan.', 'obj_types obj_results')),
  ...unknown(BOOL, LLM, under('cf.llm.prompt.', 'detected pii_detected unsafe_topic_detected')),
  ...unknown(STRINGS, LLM, under('cf.llm.prompt.', 'pii_categories unsafe_topic_categories')),
  ...unknown(INT, LLM, under('cf.llm.prompt.', 'injection_score token_count')),
  ...unknown(mapOf(INT), LLM, ['cf.llm.prompt.custom_topic_categories']),
  ...BODY_FIELDS,
]

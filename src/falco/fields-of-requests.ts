import { type AuditField, indexField, keyField, listField, quirkNote, textField } from './audit-field.ts'
import { readElements, readFlattened, readPath, readString } from './read-audit.ts'
import { queryValue } from './request-query.ts'

const AUTHORIZATION = 'annotations authorization.k8s.io'
const OPENSHIFT = 'annotations authentication.openshift.io'

const readUri = readPath('requestURI')

const readResource = readString('objectRef resource')
const readSubresource = readString('objectRef subresource')
const readName = readPath('responseObject metadata name')

/** Who asked for what, and what was decided (falcosecurity/plugins plugins/k8saudit/pkg/k8saudit/fields.go 0.18). */
export const REQUEST_FIELDS: readonly AuditField[] = [
  textField('ka.auditid', 'ID of the event', readPath('auditID')),
  textField('ka.stage', 'stage of the request, as ResponseComplete', readPath('stage')),
  textField('ka.auth.decision', 'what the authorizer decided: allow or forbid', readPath(`${AUTHORIZATION}/decision`)),
  textField('ka.auth.reason', 'why it decided so', readPath(`${AUTHORIZATION}/reason`)),
  textField(
    'ka.auth.openshift.decision',
    'what the OAuth server of OpenShift decided',
    readPath(`${OPENSHIFT}/decision`),
    {
      since: '0.10.0'
    }
  ),
  textField(
    'ka.validations.admission.policy.failure',
    'which ValidatingAdmissionPolicy was broken, and how',
    readPath('annotations validation.policy.admission.k8s.io/validation_failure'),
    { since: '0.13.0' }
  ),
  textField(
    'ka.security.pod.violations',
    'how a pod breaks the Pod Security Standard that is audited',
    readPath('annotations pod-security.kubernetes.io/audit-violations'),
    { since: '0.14.0' }
  ),
  textField('ka.auth.openshift.username', 'who logged in at OpenShift', readPath(`${OPENSHIFT}/username`), {
    since: '0.10.0'
  }),
  textField('ka.user.name', 'who sent the request', readPath('user username')),
  listField('ka.user.groups', 'groups of the sender', readElements('user groups')),
  textField('ka.impuser.name', 'whom the sender impersonated', readPath('impersonatedUser username')),
  textField('ka.verb', 'verb of the request', readPath('verb')),
  textField('ka.uri', 'request URI', readPath('requestURI')),
  keyField('ka.uri.param', 'first value of a parameter in the query of the request URI', key => event => {
    const uri = readUri(event)
    return uri === undefined ? undefined : queryValue(uri, key)
  }),
  textField('ka.target.name', 'name of the object that the request is for', readPath('objectRef name')),
  textField('ka.target.namespace', 'namespace of that object', readPath('objectRef namespace')),
  textField('ka.target.resource', 'resource of that object, as pods', readPath('objectRef resource')),
  textField('ka.target.subresource', 'subresource that the request is for, as exec', readPath('objectRef subresource')),
  textField(
    'ka.target.pod.name',
    'name of the pod in the response, where the request is for a pod itself',
    event => (readResource(event) === 'pods' && (readSubresource(event) ?? '') === '' ? readName(event) : undefined),
    { since: '0.10.0' }
  )
]

/** What came back, and from where the request was sent. */
export const responseFields = (isCorrected: boolean): readonly AuditField[] => [
  textField('ka.resp.name', 'name of the object in the response', readPath('responseObject metadata name')),
  textField('ka.response.code', 'status code of the response', readPath('responseStatus code')),
  textField('ka.response.reason', 'reason in the status of the response', readPath('responseStatus reason')),
  textField('ka.useragent', 'user agent of the client', readPath('userAgent')),
  indexField(
    'ka.sourceips',
    'addresses of the client',
    isCorrected ? readElements('sourceIPs') : readFlattened('requestObject rules sourceIPs'),
    quirkNote(isCorrected, 'looked for in the rules of the request object, where there are none', { since: '0.4.0' })
  ),
  textField(
    'ka.cluster.name',
    'name of the cluster, where an annotation has it',
    readPath('annotations cluster_name'),
    {
      since: '0.10.0'
    }
  )
]

import type { AuditEvent } from './audit-event.ts'
import type { AuditField } from './audit-field.ts'
import type { EventSource, FieldClass } from './event-source.ts'
import { BINDING_FIELDS, ROLE_FIELDS } from './fields-of-bindings.ts'
import { eventFields } from './fields-of-events.ts'
import { JSON_FIELDS } from './fields-of-json.ts'
import { otherContainerFields, podFields, volumeFields } from './fields-of-pods.ts'
import { REQUEST_FIELDS, responseFields } from './fields-of-requests.ts'

export interface K8sAuditOptions {
  /** Fields say what they are documented to say, where Falco has it wrong. */
  readonly isCorrected?: boolean
  /** What `evt.hostname` says. */
  readonly hostname?: string | undefined
}

/** A class of fields of audit events. */
export interface AuditFieldClass extends FieldClass<AuditEvent> {
  readonly fields: readonly AuditField[]
}

/** The source `k8s_audit`; its fields tell also of their quirks. */
export interface K8sAuditSource extends EventSource<AuditEvent> {
  readonly classes: readonly AuditFieldClass[]
}

/** The source `k8s_audit`, with the fields of the plugins k8saudit and json and those of all sources, in Falco's order. */
export const k8sAuditSource = ({ isCorrected = false, hostname }: K8sAuditOptions = {}): K8sAuditSource => ({
  name: 'k8s_audit',
  classes: [
    { name: 'evt', description: 'These fields can be used for all event types', fields: eventFields(hostname) },
    {
      name: 'k8saudit (plugin)',
      description: 'Fields of Kubernetes audit events',
      fields: [
        ...REQUEST_FIELDS,
        ...BINDING_FIELDS,
        ...podFields(isCorrected),
        ...ROLE_FIELDS,
        ...volumeFields(isCorrected),
        ...responseFields(isCorrected),
        ...otherContainerFields(isCorrected)
      ]
    },
    { name: 'json (plugin)', description: 'Fields of events that are JSON', fields: JSON_FIELDS }
  ]
})

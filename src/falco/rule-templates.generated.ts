/** Falco's rules that come with auditpatch. Generated from templates/rules; not to be edited. */
// prettier-ignore
export const RULE_TEMPLATES: Readonly<Record<string, string>> = {
  "baseline": `# Who guards a control plane that kubeadm made wants to hear of this: 21 rules on audit events, few of them on a quiet day.
#
# They go with the audit policy \`baseline\`, which keeps the bodies that they read; where a policy keeps only metadata, the
# rules on bindings, roles, pods and labels see nothing. Each request is told once, at the end of its answer or, for what
# lasts, at its beginning: a policy must not omit ResponseStarted nor ResponseComplete.
#
# With \`rule_matching: first\` one request gives one alert; then the order of the rules counts, and what says most comes first.
#
# What is usual with you goes into the lists below, in a file of your own that is loaded after this one:
#
#   - list: allowed_secret_readers
#     items: [alice, "system:serviceaccount:monitoring:grafana"]
#     override:
#       items: append
#
# Falco before 0.37 has \`append: true\` in place of \`override\`. A rule is switched off in the same way:
#
#   - rule: Request Forbidden
#     enabled: false
#     override:
#       enabled: replace

- required_engine_version: 15

- required_plugin_versions:
    - name: k8saudit
      version: 0.7.0
    - name: json
      version: 0.7.0

# Users whose work these requests are; controllers and nodes are left out by their prefix.
- list: control_plane_users
  items: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"]

# Users as the log names them, service accounts as system:serviceaccount:NAMESPACE:NAME.
- list: allowed_secret_readers
  items: []

- list: allowed_exec_users
  items: []

- list: allowed_proxy_users
  items: []

- list: allowed_impersonators
  items: []

# Before Kubernetes 1.29 kubeadm puts kubernetes-admin among the masters, and its kubelet client: append them there.
- list: allowed_masters
  items: ["system:apiserver"]

- list: allowed_token_creators
  items: []

# Such as the service accounts of an operator that renews the certificate of its webhook.
- list: allowed_admission_managers
  items: []

- list: allowed_deleters
  items: []

# Whoever rolls out storage, network and monitoring, and the namespaces in which those run.
- list: allowed_privileged_creators
  items: []

- list: allowed_privileged_namespaces
  items: []

# What a load balancer and kubeadm join ask without a name.
- list: allowed_anonymous_uris
  items: [/healthz, /livez, /readyz, /version]

- list: workload_resources
  items: [deployments, daemonsets, statefulsets, replicasets, replicationcontrollers, jobs, cronjobs]

# One event for each request: other stages of the same request are left out.
- macro: answered
  condition: (jevt.value[/stage] = ResponseComplete)

# Shells, tunnels and watches may last for days: their alert does not wait for the end.
- macro: stream_begun
  condition: (jevt.value[/stage] = ResponseStarted)

- macro: granted
  condition: (not ka.response.code startswith 4 and not ka.response.code startswith 5)

# A watch hands out what it watches from its beginning on.
- macro: secret_read
  condition: >
    (granted and ka.target.resource = secrets and
     ((answered and ka.verb in (get, list)) or (stream_begun and ka.verb = watch)))

- macro: written
  condition: (ka.verb in (create, update, patch))

- macro: person
  condition: (not ka.user.name startswith "system:")

- macro: control_plane
  condition: >
    (ka.user.name in (control_plane_users) or
     ka.user.name startswith "system:node:" or
     ka.user.name startswith "system:serviceaccount:kube-system:")

- macro: outside_account
  condition: >
    (ka.user.name startswith "system:serviceaccount:" and
     not ka.user.name startswith "system:serviceaccount:kube-system:")

# Pods, and what makes pods: of a Deployment the pod is created by a controller, which nobody would suspect.
- macro: workload_written
  condition: >
    (((ka.target.resource = pods and ka.verb = create) or
      (ka.target.resource in (workload_resources) and written)) and
     not ka.target.subresource exists)

- macro: unusual_workload
  condition: >
    (answered and granted and workload_written and not control_plane and
     not ka.user.name in (allowed_privileged_creators) and
     not ka.target.namespace in (allowed_privileged_namespaces))

- macro: role_written
  condition: (ka.target.resource in (roles, clusterroles) and written)

- macro: health_or_discovery
  condition: >
    (ka.uri in (allowed_anonymous_uris) or
     ka.uri startswith "/healthz?" or ka.uri startswith "/healthz/" or
     ka.uri startswith "/livez?" or ka.uri startswith "/livez/" or
     ka.uri startswith "/readyz?" or ka.uri startswith "/readyz/" or
     ka.uri startswith "/version?" or
     (ka.verb = get and ka.target.resource = configmaps and
      ka.target.namespace = kube-public and ka.target.name = cluster-info))

- rule: Anonymous Request Allowed
  desc: >
    Somebody without a name was let through, and not to the health checks, the version or the cluster-info that kubeadm join
    reads: a binding to system:anonymous or system:unauthenticated, or AlwaysAllow.
  condition: >
    answered and granted and ka.user.name = "system:anonymous" and ka.auth.decision = allow and not health_or_discovery
  output: >
    Anonymous request was allowed (user=%ka.user.name verb=%ka.verb uri=%ka.uri reason=%ka.auth.reason
    code=%ka.response.code source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: CRITICAL
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_initial_access]

- rule: Join Secret Read
  desc: >
    A bootstrap token or kubeadm-certs was read: the one lets a node join, the other holds the keys of all certificate
    authorities. A new control-plane node reads kubeadm-certs once, as system:bootstrap.
  condition: >
    secret_read and ka.target.namespace = kube-system and not control_plane and
    (ka.target.name startswith bootstrap-token- or ka.target.name = kubeadm-certs)
  output: >
    Bootstrap token or kubeadm-certs was read (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb secret=%ka.target.name
    ns=%ka.target.namespace code=%ka.response.code source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: CRITICAL
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_credential_access, T1552.007]

- rule: Bound to cluster-admin
  desc: >
    A binding gives cluster-admin, or the subjects of one that does have been changed. With level Request a patch of the
    subjects alone is only seen where the binding is called cluster-admin.
  condition: >
    answered and granted and written and not ka.user.name in (control_plane_users) and
    ka.target.resource in (clusterrolebindings, rolebindings) and
    (ka.req.binding.role = cluster-admin or
     jevt.value[/responseObject/roleRef/name] = cluster-admin or
     ka.target.name = cluster-admin)
  output: >
    Somebody was bound to cluster-admin (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb binding=%ka.target.name
    kind=%ka.target.resource ns=%ka.target.namespace subjects=%ka.req.binding.subjects
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: CRITICAL
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_privilege_escalation, T1098.006]

- rule: Privileged Workload Written
  desc: >
    A pod with a privileged container, or something that makes such pods, by somebody other than the control plane. Init
    containers count too.
  condition: >
    unusual_workload and jevt.value[/requestObject/spec] contains '"privileged":true'
  output: >
    Privileged workload was written (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb kind=%ka.target.resource
    name=%ka.target.name ns=%ka.target.namespace images=%ka.req.pod.containers.image
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: CRITICAL
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_privilege_escalation, T1611]

- rule: Workload With the Node Written
  desc: >
    A pod that shares the network, the processes or the IPC of its node, or mounts a path of it, or something that makes such
    pods, by somebody other than the control plane.
  condition: >
    unusual_workload and
    (jevt.value[/requestObject/spec] contains '"hostPath":{' or
     jevt.value[/requestObject/spec] contains '"hostNetwork":true' or
     jevt.value[/requestObject/spec] contains '"hostPID":true' or
     jevt.value[/requestObject/spec] contains '"hostIPC":true')
  output: >
    Workload that reaches into its node was written (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb
    kind=%ka.target.resource name=%ka.target.name ns=%ka.target.namespace hostpath=%ka.req.pod.volumes.hostpath
    hostnetwork=%ka.req.pod.host_network hostpid=%ka.req.pod.host_pid images=%ka.req.pod.containers.image
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: ERROR
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_privilege_escalation, T1611]

- rule: Admission Changed
  desc: >
    A webhook or a policy of admission was written or deleted: it can let through what was forbidden, or read and change
    everything that is written.
  condition: >
    answered and granted and not control_plane and not ka.user.name in (allowed_admission_managers) and
    ka.verb in (create, update, patch, delete, deletecollection) and not ka.target.subresource exists and
    ka.target.resource in (validatingwebhookconfigurations, mutatingwebhookconfigurations,
                           validatingadmissionpolicies, validatingadmissionpolicybindings,
                           mutatingadmissionpolicies, mutatingadmissionpolicybindings)
  output: >
    Admission was changed (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb kind=%ka.target.resource name=%ka.target.name
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: ERROR
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_defense_evasion, mitre_persistence]

- rule: Pod Security Label Lowered
  desc: >
    The level that a namespace enforces is now privileged or baseline, or its label was taken away. What it was before is not
    in the event: baseline may also be more than there was.
  condition: >
    answered and granted and not control_plane and
    ka.target.resource = namespaces and not ka.target.subresource exists and written and
    (jevt.value[/requestObject/metadata/labels/pod-security.kubernetes.io~1enforce] = privileged or
     (ka.verb = patch and
      jevt.value[/requestObject/metadata/labels/pod-security.kubernetes.io~1enforce] in (baseline, null)) or
     (ka.verb = update and not
      jevt.value[/requestObject/metadata/labels/pod-security.kubernetes.io~1enforce] = restricted) or
     jevt.value[/requestObject] contains "/metadata/labels/pod-security.kubernetes.io~1enforce")
  output: >
    Pod security of a namespace was lowered (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb ns=%ka.target.name
    enforce=%jevt.value[/requestObject/metadata/labels/pod-security.kubernetes.io~1enforce]
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: ERROR
  source: k8s_audit
  tags: [k8s, maturity_incubating, mitre_defense_evasion]

- rule: Role With Escalation Written
  desc: >
    A role lets its holder get more rights than it names: by escalate or bind in roles and bindings, or by impersonate.
  condition: >
    answered and granted and role_written and not ka.user.name in (control_plane_users) and
    ka.req.role.rules.verbs intersects (escalate, bind, impersonate)
  output: >
    Role with escalate, bind or impersonate was written (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb
    kind=%ka.target.resource role=%ka.target.name ns=%ka.target.namespace rules=%ka.req.role.rules
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: ERROR
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_privilege_escalation, T1098.006]

- rule: Role With Wildcard Written
  desc: >
    A role has a star among its verbs or resources: it grows with every kind that is added to the cluster.
  condition: >
    answered and granted and role_written and not control_plane and
    (ka.req.role.rules.verbs intersects ("*") or ka.req.role.rules.resources intersects ("*"))
  output: >
    Role with a wildcard was written (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb kind=%ka.target.resource
    role=%ka.target.name ns=%ka.target.namespace rules=%ka.req.role.rules
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: WARNING
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_privilege_escalation, T1098.006]

- rule: Certificate Approved
  desc: >
    A certificate signing request was approved or denied by hand: a client certificate cannot be taken back before it expires.
  condition: >
    answered and granted and not control_plane and ka.target.resource = certificatesigningrequests and
    ka.target.subresource = approval and ka.verb in (update, patch)
  output: >
    Certificate signing request was approved or denied (user=%ka.user.name as=%ka.impuser.name request=%ka.target.name
    conditions=%jevt.value[/requestObject/status/conditions] source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: WARNING
  source: k8s_audit
  tags: [k8s, maturity_incubating, mitre_persistence]

- rule: Service Account Token Created by Person
  desc: >
    Somebody had a token of a service account made, with which anyone can act as that account from anywhere. Kubelets and
    controllers do so for pods all the time.
  condition: >
    answered and granted and person and ka.verb = create and ka.target.resource = serviceaccounts and
    ka.target.subresource = token and not ka.user.name in (allowed_token_creators)
  output: >
    Token of a service account was created (user=%ka.user.name as=%ka.impuser.name account=%ka.target.name
    ns=%ka.target.namespace source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: WARNING
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_credential_access, T1528]

- rule: Secret Read
  desc: >
    A Secret was got, listed or watched by a person or by a service account outside kube-system. A list or watch hands out
    the contents as a get does.
  condition: >
    secret_read and (person or outside_account) and not ka.user.name in (allowed_secret_readers)
  output: >
    Secret was read (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb secret=%ka.target.name ns=%ka.target.namespace
    code=%ka.response.code source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: WARNING
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_credential_access, T1552.007]

- rule: Command or Shell in Container
  desc: A program was started in a container, or somebody attached to one that runs.
  condition: >
    stream_begun and granted and ka.verb in (create, get) and ka.target.resource = pods and
    ka.target.subresource in (exec, attach) and not ka.user.name in (allowed_exec_users)
  output: >
    Exec or attach to a container (user=%ka.user.name as=%ka.impuser.name how=%ka.target.subresource pod=%ka.target.name
    ns=%ka.target.namespace container=%ka.uri.param[container] command=%ka.uri.param[command] uri=%ka.uri
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: NOTICE
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_execution, T1609]

- rule: Ephemeral Container Added
  desc: A container was added to a pod that runs, as kubectl debug does.
  condition: >
    answered and granted and not control_plane and ka.verb in (update, patch) and ka.target.resource = pods and
    ka.target.subresource = ephemeralcontainers and not ka.user.name in (allowed_exec_users)
  output: >
    Ephemeral container was added (user=%ka.user.name as=%ka.impuser.name pod=%ka.target.name ns=%ka.target.namespace
    container=%jevt.value[/requestObject/spec/ephemeralContainers/0/name]
    image=%jevt.value[/requestObject/spec/ephemeralContainers/0/image]
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: NOTICE
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_execution, T1609]

- rule: Port Forwarded
  desc: Somebody opened a tunnel to a port of a pod, past every Service and network policy.
  condition: >
    stream_begun and granted and ka.target.resource = pods and ka.target.subresource = portforward and
    not ka.user.name in (allowed_proxy_users)
  output: >
    Port of a pod was forwarded (user=%ka.user.name as=%ka.impuser.name pod=%ka.target.name ns=%ka.target.namespace
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: NOTICE
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_command_and_control]

- rule: Proxied Through the API Server
  desc: >
    A request went through the API server to a kubelet, a pod or a service. To a kubelet it can run commands in every
    container of the node, and no rule on exec sees it.
  condition: >
    stream_begun and granted and not control_plane and ka.target.resource in (nodes, pods, services) and
    ka.target.subresource = proxy and not ka.user.name in (allowed_proxy_users)
  output: >
    Request was proxied (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb kind=%ka.target.resource name=%ka.target.name
    ns=%ka.target.namespace uri=%ka.uri source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: WARNING
  source: k8s_audit
  tags: [k8s, maturity_incubating, mitre_lateral_movement]

- rule: Many Deleted at Once
  desc: A whole collection was deleted in one request, by a person or by a service account outside kube-system.
  condition: >
    answered and granted and ka.verb = deletecollection and (person or outside_account) and
    not ka.user.name in (allowed_deleters)
  output: >
    A collection was deleted (user=%ka.user.name as=%ka.impuser.name kind=%ka.target.resource ns=%ka.target.namespace
    uri=%ka.uri source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: WARNING
  source: k8s_audit
  tags: [k8s, maturity_incubating, mitre_impact, T1485]

- rule: Workload in kube-system Changed by Person
  desc: What runs in kube-system was created, changed or deleted by a person, and not by kubeadm's or the cluster's own accounts.
  condition: >
    answered and granted and person and ka.target.namespace = kube-system and not ka.target.subresource exists and
    ka.verb in (create, update, patch, delete) and
    (ka.target.resource = pods or ka.target.resource in (workload_resources))
  output: >
    Workload in kube-system was changed (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb kind=%ka.target.resource
    name=%ka.target.name images=%ka.req.pod.containers.image source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: WARNING
  source: k8s_audit
  tags: [k8s, maturity_incubating, mitre_persistence]

- rule: Impersonation
  desc: Somebody acted in the name of another, with the rights of that one.
  condition: >
    answered and ka.impuser.name exists and not ka.user.name in (allowed_impersonators)
  output: >
    Somebody acted as another (user=%ka.user.name as=%ka.impuser.name groups=%jevt.value[/impersonatedUser/groups]
    verb=%ka.verb kind=%ka.target.resource name=%ka.target.name ns=%ka.target.namespace code=%ka.response.code
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: NOTICE
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_privilege_escalation]

- rule: Request Forbidden
  desc: >
    A person or a service account asked for what it may not do. One such request is a mistake; many different ones in a row
    are somebody who tries what a stolen token can do.
  condition: >
    answered and ka.response.code = 403 and (person or ka.user.name startswith "system:serviceaccount:")
  output: >
    Request was forbidden (user=%ka.user.name as=%ka.impuser.name verb=%ka.verb kind=%ka.target.resource
    subresource=%ka.target.subresource name=%ka.target.name ns=%ka.target.namespace uri=%ka.uri
    source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: NOTICE
  source: k8s_audit
  tags: [k8s, maturity_stable, mitre_discovery, T1613]

- rule: Masters Used
  desc: >
    Somebody in the group system:masters sent a request, or took that group on: RBAC is not asked then, and cannot be changed
    to stop it. kubeadm leaves super-admin.conf for the day on which nothing else helps.
  condition: >
    answered and not ka.user.name in (allowed_masters) and
    (ka.user.groups intersects ("system:masters") or
     jevt.value[/impersonatedUser/groups] contains '"system:masters"')
  output: >
    The group system:masters was used (user=%ka.user.name as=%ka.impuser.name groups=%ka.user.groups verb=%ka.verb
    uri=%ka.uri source=%jevt.value[/sourceIPs/0] agent=%ka.useragent)
  priority: WARNING
  source: k8s_audit
  tags: [k8s, maturity_incubating, mitre_privilege_escalation]
`
}

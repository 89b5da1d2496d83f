/** The audit policies that come with auditpatch. Generated from templates/policies; not to be edited. */
export const POLICY_TEMPLATES = {
  baseline: {
    summary: 'Who did what on a production cluster, with no secrets in the log and little noise of the control plane',
    decoded:
      '{"rules":[{"line":13,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["secrets","configmaps","serviceaccounts/token"],"resourceNames":[]},{"group":"authentication.k8s.io","resources":["tokenreviews"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":[]},{"line":21,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["pods/exec","pods/attach","pods/portforward","pods/proxy","services/proxy","nodes/proxy"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":[]},{"line":33,"users":[],"userGroups":[],"verbs":["get","head"],"resources":[],"namespaces":[],"nonResourceURLs":["/healthz","/healthz/*","/livez","/livez/*","/readyz","/readyz/*"],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":38,"users":["system:kube-proxy","system:serviceaccount:kube-system:kube-proxy"],"userGroups":[],"verbs":["watch"],"resources":[{"group":"","resources":["endpoints","services","nodes"],"resourceNames":[]},{"group":"discovery.k8s.io","resources":["endpointslices"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":48,"users":[],"userGroups":["system:nodes"],"verbs":["get","update"],"resources":[{"group":"coordination.k8s.io","resources":["leases"],"resourceNames":[]}],"namespaces":["kube-node-lease"],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":57,"users":["system:apiserver","system:cloud-controller-manager","system:kube-controller-manager","system:kube-scheduler"],"userGroups":[],"verbs":["get","update"],"resources":[{"group":"coordination.k8s.io","resources":["leases"],"resourceNames":[]}],"namespaces":["kube-system"],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":70,"users":[],"userGroups":["system:nodes"],"verbs":["get"],"resources":[{"group":"","resources":["nodes"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":78,"users":[],"userGroups":["system:nodes"],"verbs":["create","patch","update"],"resources":[{"group":"","resources":["events"],"resourceNames":[]},{"group":"events.k8s.io","resources":["events"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":86,"users":["system:kube-controller-manager","system:kube-scheduler"],"userGroups":[],"verbs":["create","patch","update"],"resources":[{"group":"","resources":["events"],"resourceNames":[]},{"group":"events.k8s.io","resources":["events"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":94,"users":[],"userGroups":["system:serviceaccounts:kube-system"],"verbs":["create","patch","update"],"resources":[{"group":"","resources":["events"],"resourceNames":[]},{"group":"events.k8s.io","resources":["events"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":104,"users":["system:apiserver","system:kube-controller-manager","system:serviceaccount:kube-system:endpoint-controller","system:serviceaccount:kube-system:endpointslice-controller","system:serviceaccount:kube-system:endpointslicemirroring-controller"],"userGroups":[],"verbs":["get","list","watch","create","update","patch","delete"],"resources":[{"group":"","resources":["endpoints"],"resourceNames":[]},{"group":"discovery.k8s.io","resources":["endpointslices"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":119,"users":["system:kube-controller-manager","system:serviceaccount:kube-system:generic-garbage-collector","system:serviceaccount:kube-system:namespace-controller","system:serviceaccount:kube-system:resourcequota-controller"],"userGroups":[],"verbs":["get"],"resources":[],"namespaces":[],"nonResourceURLs":["/api","/api/*","/apis","/apis/*"],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":129,"users":[],"userGroups":[],"verbs":["create","update","patch","delete","deletecollection"],"resources":[{"group":"","resources":["pods","pods/ephemeralcontainers","replicationcontrollers","replicationcontrollers/scale","podtemplates"],"resourceNames":[]},{"group":"apps","resources":["daemonsets","deployments","deployments/scale","replicasets","replicasets/scale","statefulsets","statefulsets/scale"],"resourceNames":[]},{"group":"batch","resources":["cronjobs","jobs"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Request","omitStages":[]},{"line":152,"users":[],"userGroups":[],"verbs":["create","update","patch","delete","deletecollection"],"resources":[{"group":"rbac.authorization.k8s.io","resources":[],"resourceNames":[]},{"group":"admissionregistration.k8s.io","resources":[],"resourceNames":[]},{"group":"certificates.k8s.io","resources":[],"resourceNames":[]},{"group":"networking.k8s.io","resources":["networkpolicies"],"resourceNames":[]},{"group":"apiregistration.k8s.io","resources":["apiservices"],"resourceNames":[]},{"group":"apiextensions.k8s.io","resources":["customresourcedefinitions"],"resourceNames":[]},{"group":"","resources":["namespaces","serviceaccounts"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Request","omitStages":[]},{"line":168,"users":[],"userGroups":[],"verbs":[],"resources":[],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":[]}],"omitStages":["RequestReceived"],"omitManagedFields":false}',
    sha256: '26e5a90306fa8bbccd23d99dff2b0efccf4b1eccd2bb44a188dfc61246105901',
    text: `# Who did what on a production cluster, with no secrets in the log and little noise of the control plane.
# Answers: who read a secret, opened a shell, changed a workload, a permission or an admission rule, and who was refused.
# Costs: the least of these templates; bodies are kept for the changes listed below and for nothing else.
# Leaves out: heartbeats, events, endpoints and health checks of the parts that write them all the time; answers; the
# start of each request. Environment variables of workloads are in the log: keep passwords in Secrets.
apiVersion: audit.k8s.io/v1
kind: Policy
# the same facts stand in the event of the answer, at half the size of the log
omitStages:
  - RequestReceived
rules:
  # First, so that nothing below can raise or hide it: what holds secrets is logged by name, never by content.
  - level: Metadata
    resources:
      - group: ""
        resources: ["secrets", "configmaps", "serviceaccounts/token"]
      - group: authentication.k8s.io
        resources: ["tokenreviews"]

  # Shells, tunnels and proxies into containers and nodes; without verbs, for kubectl opens them by get or by create.
  - level: Metadata
    resources:
      - group: ""
        resources:
          - pods/exec
          - pods/attach
          - pods/portforward
          - pods/proxy
          - services/proxy
          - nodes/proxy

  # The kubelet and load balancers ask for health every few seconds, without a name.
  - level: None
    verbs: ["get", "head"]
    nonResourceURLs: ["/healthz", "/healthz/*", "/livez", "/livez/*", "/readyz", "/readyz/*"]

  # The node agent follows services and endpoints for ever.
  - level: None
    users: ["system:kube-proxy", "system:serviceaccount:kube-system:kube-proxy"]
    verbs: ["watch"]
    resources:
      - group: ""
        resources: ["endpoints", "services", "nodes"]
      - group: discovery.k8s.io
        resources: ["endpointslices"]

  # Each kubelet renews its lease every ten seconds.
  - level: None
    userGroups: ["system:nodes"]
    verbs: ["get", "update"]
    namespaces: ["kube-node-lease"]
    resources:
      - group: coordination.k8s.io
        resources: ["leases"]

  # The control plane renews the leases of its leaders every two seconds.
  - level: None
    users:
      - system:apiserver
      - system:cloud-controller-manager
      - system:kube-controller-manager
      - system:kube-scheduler
    verbs: ["get", "update"]
    namespaces: ["kube-system"]
    resources:
      - group: coordination.k8s.io
        resources: ["leases"]

  # Each kubelet reads its own node again and again; a kubelet that lists nodes is still logged.
  - level: None
    userGroups: ["system:nodes"]
    verbs: ["get"]
    resources:
      - group: ""
        resources: ["nodes"]

  # Events are a log of their own; taking them away is still logged, and so is reading them.
  - level: None
    userGroups: ["system:nodes"]
    verbs: ["create", "patch", "update"]
    resources:
      - group: ""
        resources: ["events"]
      - group: events.k8s.io
        resources: ["events"]
  - level: None
    users: ["system:kube-controller-manager", "system:kube-scheduler"]
    verbs: ["create", "patch", "update"]
    resources:
      - group: ""
        resources: ["events"]
      - group: events.k8s.io
        resources: ["events"]
  - level: None
    userGroups: ["system:serviceaccounts:kube-system"]
    verbs: ["create", "patch", "update"]
    resources:
      - group: ""
        resources: ["events"]
      - group: events.k8s.io
        resources: ["events"]

  # Controllers keep endpoints in step with pods; anybody else who writes them may be diverting traffic.
  - level: None
    users:
      - system:apiserver
      - system:kube-controller-manager
      - system:serviceaccount:kube-system:endpoint-controller
      - system:serviceaccount:kube-system:endpointslice-controller
      - system:serviceaccount:kube-system:endpointslicemirroring-controller
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"]
    resources:
      - group: ""
        resources: ["endpoints"]
      - group: discovery.k8s.io
        resources: ["endpointslices"]

  # These controllers look up which kinds there are every half minute.
  - level: None
    users:
      - system:kube-controller-manager
      - system:serviceaccount:kube-system:generic-garbage-collector
      - system:serviceaccount:kube-system:namespace-controller
      - system:serviceaccount:kube-system:resourcequota-controller
    verbs: ["get"]
    nonResourceURLs: ["/api", "/api/*", "/apis", "/apis/*"]

  # What runs: the body says which image, which mounts, which privileges. Status updates are not among these.
  - level: Request
    verbs: ["create", "update", "patch", "delete", "deletecollection"]
    resources:
      - group: ""
        resources:
          - pods
          - pods/ephemeralcontainers
          - replicationcontrollers
          - replicationcontrollers/scale
          - podtemplates
      - group: apps
        resources:
          - daemonsets
          - deployments
          - deployments/scale
          - replicasets
          - replicasets/scale
          - statefulsets
          - statefulsets/scale
      - group: batch
        resources: ["cronjobs", "jobs"]

  # Who may do what, and what stands guard: the body says what was granted or switched off.
  - level: Request
    verbs: ["create", "update", "patch", "delete", "deletecollection"]
    resources:
      - group: rbac.authorization.k8s.io
      - group: admissionregistration.k8s.io
      - group: certificates.k8s.io
      - group: networking.k8s.io
        resources: ["networkpolicies"]
      - group: apiregistration.k8s.io
        resources: ["apiservices"]
      - group: apiextensions.k8s.io
        resources: ["customresourcedefinitions"]
      - group: ""
        resources: ["namespaces", "serviceaccounts"]

  # Everything else, by name: also what was refused, and reads by people.
  - level: Metadata
`
  },
  'everything-but-secrets': {
    summary:
      'Every request with its body and its answer, except what holds secrets: to trace one problem on a test cluster',
    decoded:
      '{"rules":[{"line":15,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["secrets","configmaps","serviceaccounts/token"],"resourceNames":[]},{"group":"authentication.k8s.io","resources":["tokenreviews"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":[]},{"line":23,"users":[],"userGroups":[],"verbs":["get","head"],"resources":[],"namespaces":[],"nonResourceURLs":["/healthz","/healthz/*","/livez","/livez/*","/readyz","/readyz/*"],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":28,"users":[],"userGroups":[],"verbs":[],"resources":[],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"RequestResponse","omitStages":[]}],"omitStages":["RequestReceived"],"omitManagedFields":true}',
    sha256: 'b815cab928cb5b1b080326fdc28f099e45ee958b562de5cea747ee90052f3a84',
    text: `# Every request with its body and its answer, except what holds secrets: to trace one problem on a test cluster.
# Answers: what exactly was sent and what exactly came back.
# Costs: the most by far, each list in full, and a slower API server; not for production, and not for long.
# Leaves out: contents of Secrets, ConfigMaps and tokens; health checks; managedFields; the start of each request.
# Passwords in environment variables, annotations and custom resources are in the log.
apiVersion: audit.k8s.io/v1
kind: Policy
# the event of the answer holds the question too
omitStages:
  - RequestReceived
# long, and of use only to server-side apply
omitManagedFields: true
rules:
  # First: what holds secrets is logged by name only, whatever is done with it.
  - level: Metadata
    resources:
      - group: ""
        resources: ["secrets", "configmaps", "serviceaccounts/token"]
      - group: authentication.k8s.io
        resources: ["tokenreviews"]

  # Health checks have no bodies and come every few seconds.
  - level: None
    verbs: ["get", "head"]
    nonResourceURLs: ["/healthz", "/healthz/*", "/livez", "/livez/*", "/readyz", "/readyz/*"]

  # All the rest in full.
  - level: RequestResponse
`
  },
  exam: {
    summary: 'The policy that exercises and the Kubernetes documentation build on: one rule for each kind of selector',
    decoded:
      '{"rules":[{"line":12,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["pods"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"RequestResponse","omitStages":[]},{"line":18,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["pods/log","pods/status"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":[]},{"line":24,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["configmaps"],"resourceNames":["controller-leader"]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":31,"users":["system:kube-proxy"],"userGroups":[],"verbs":["watch"],"resources":[{"group":"","resources":["endpoints","services"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":39,"users":[],"userGroups":["system:authenticated"],"verbs":[],"resources":[],"namespaces":[],"nonResourceURLs":["/api*","/version"],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":44,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["configmaps"],"resourceNames":[]}],"namespaces":["kube-system"],"nonResourceURLs":[],"omitManagedFields":null,"level":"Request","omitStages":[]},{"line":51,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["secrets","configmaps"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":[]},{"line":57,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":[],"resourceNames":[]},{"group":"apps","resources":[],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Request","omitStages":[]},{"line":63,"users":[],"userGroups":[],"verbs":[],"resources":[],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":["RequestReceived"]}],"omitStages":["RequestReceived"],"omitManagedFields":false}',
    sha256: 'ed9863ab1aa41b034e094c9f0d704425655a100ee1907b9a94f22321f96ca88f',
    text: `# The policy that exercises and the Kubernetes documentation build on: one rule for each kind of selector.
# Answers: how level, resources, namespaces, users, verbs and URLs work together; the first rule that matches decides.
# Costs: answers of every pod request in full; contents of the ConfigMaps in kube-system are in the log.
# Leaves out: discovery by people who have logged in; the start of each request. To learn from, not to harden with.
apiVersion: audit.k8s.io/v1
kind: Policy
# one event for a request is enough
omitStages:
  - RequestReceived
rules:
  # pods alone: a subresource such as pods/log is another name and needs another rule
  - level: RequestResponse
    resources:
      - group: ""
        resources: ["pods"]

  # subresources are written with a slash
  - level: Metadata
    resources:
      - group: ""
        resources: ["pods/log", "pods/status"]

  # one object by its name, here the lock of an old controller
  - level: None
    resources:
      - group: ""
        resources: ["configmaps"]
        resourceNames: ["controller-leader"]

  # one user, one verb, two kinds: all of them must match
  - level: None
    users: ["system:kube-proxy"]
    verbs: ["watch"]
    resources:
      - group: ""
        resources: ["endpoints", "services"]

  # URLs that are no resources; a * may stand at the end only
  - level: None
    userGroups: ["system:authenticated"]
    nonResourceURLs: ["/api*", "/version"]

  # bodies of what is sent, in one namespace
  - level: Request
    resources:
      - group: ""
        resources: ["configmaps"]
    namespaces: ["kube-system"]

  # secrets, and the ConfigMaps of every other namespace, by name only
  - level: Metadata
    resources:
      - group: ""
        resources: ["secrets", "configmaps"]

  # whole groups: without resources all of them are meant, subresources too
  - level: Request
    resources:
      - group: ""
      - group: apps

  # no selector: what no rule above has taken
  - level: Metadata
    omitStages:
      - RequestReceived
`
  },
  falco: {
    summary: 'What the k8s_audit rules of Falco look at: the bodies that they need, and a line for every other change',
    decoded:
      '{"rules":[{"line":14,"users":[],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["secrets","serviceaccounts/token"],"resourceNames":[]},{"group":"authentication.k8s.io","resources":["tokenreviews"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":[]},{"line":22,"users":[],"userGroups":[],"verbs":["get","head"],"resources":[],"namespaces":[],"nonResourceURLs":["/healthz","/healthz/*","/livez","/livez/*","/readyz","/readyz/*"],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":27,"users":[],"userGroups":["system:nodes","system:serviceaccounts:kube-system"],"verbs":[],"resources":[{"group":"","resources":["events","nodes/status","pods/status"],"resourceNames":[]},{"group":"events.k8s.io","resources":["events"],"resourceNames":[]},{"group":"coordination.k8s.io","resources":["leases"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":36,"users":["system:apiserver","system:cloud-controller-manager","system:kube-controller-manager","system:kube-scheduler"],"userGroups":[],"verbs":[],"resources":[{"group":"","resources":["events","pods/status"],"resourceNames":[]},{"group":"events.k8s.io","resources":["events"],"resourceNames":[]},{"group":"coordination.k8s.io","resources":["leases"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":51,"users":["system:apiserver","system:cloud-controller-manager","system:kube-controller-manager","system:kube-proxy","system:kube-scheduler"],"userGroups":[],"verbs":["get","list","watch"],"resources":[],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"None","omitStages":[]},{"line":61,"users":[],"userGroups":[],"verbs":["create","update","patch"],"resources":[{"group":"","resources":["pods","pods/ephemeralcontainers"],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"RequestResponse","omitStages":[]},{"line":68,"users":[],"userGroups":[],"verbs":["create","update","patch"],"resources":[{"group":"","resources":["configmaps","services"],"resourceNames":[]},{"group":"networking.k8s.io","resources":["ingresses"],"resourceNames":[]},{"group":"rbac.authorization.k8s.io","resources":[],"resourceNames":[]}],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Request","omitStages":[]},{"line":78,"users":[],"userGroups":[],"verbs":[],"resources":[],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":[]}],"omitStages":["RequestReceived"],"omitManagedFields":true}',
    sha256: '20c6c1146d9eb3a6467b83b0e4595a72bd3cb75ed35d56da29ec79aa7977ffdd',
    text: `# What the k8s_audit rules of Falco look at: the bodies that they need, and a line for every other change.
# Answers: which pod is privileged or mounts the host, who granted what, who opened a shell, what was put into a ConfigMap.
# Costs: more than baseline, for each pod is in the log with the answer, which holds the name that the server made up.
# Leaves out: contents of Secrets and tokens; heartbeats, events, health checks and what the control plane reads; the
# start of each request. What is written into ConfigMaps is in the log, for that is where Falco looks for passwords.
apiVersion: audit.k8s.io/v1
kind: Policy
# Falco's rules ask for the end of a request, and for the start of the answer of kubectl exec and attach
omitStages:
  - RequestReceived
omitManagedFields: true
rules:
  # First, so that nothing below can raise or hide it: what holds secrets is logged by name, never by content.
  - level: Metadata
    resources:
      - group: ""
        resources: ["secrets", "serviceaccounts/token"]
      - group: authentication.k8s.io
        resources: ["tokenreviews"]

  # The rule on anonymous requests excepts these as well.
  - level: None
    verbs: ["get", "head"]
    nonResourceURLs: ["/healthz", "/healthz/*", "/livez", "/livez/*", "/readyz", "/readyz/*"]

  # Heartbeats and events: no rule asks for them.
  - level: None
    userGroups: ["system:nodes", "system:serviceaccounts:kube-system"]
    resources:
      - group: ""
        resources: ["events", "nodes/status", "pods/status"]
      - group: events.k8s.io
        resources: ["events"]
      - group: coordination.k8s.io
        resources: ["leases"]
  - level: None
    users:
      - system:apiserver
      - system:cloud-controller-manager
      - system:kube-controller-manager
      - system:kube-scheduler
    resources:
      - group: ""
        resources: ["events", "pods/status"]
      - group: events.k8s.io
        resources: ["events"]
      - group: coordination.k8s.io
        resources: ["leases"]

  # What the control plane reads of everything but secrets, which stand above.
  - level: None
    users:
      - system:apiserver
      - system:cloud-controller-manager
      - system:kube-controller-manager
      - system:kube-proxy
      - system:kube-scheduler
    verbs: ["get", "list", "watch"]

  # Images, privileges and mounts; the answer says how the pod is called where the server made up the name.
  - level: RequestResponse
    verbs: ["create", "update", "patch"]
    resources:
      - group: ""
        resources: ["pods", "pods/ephemeralcontainers"]

  # Who may do what, how services and ingresses are reached, and what is written into ConfigMaps.
  - level: Request
    verbs: ["create", "update", "patch"]
    resources:
      - group: ""
        resources: ["configmaps", "services"]
      - group: networking.k8s.io
        resources: ["ingresses"]
      - group: rbac.authorization.k8s.io

  # Shells, deletions, refusals and all the rest by name; never with omitStages: exec is seen at ResponseStarted.
  - level: Metadata
`
  },
  'metadata-all': {
    summary: 'Every request by name, none by content: the shortest policy that misses nothing and leaks nothing',
    decoded:
      '{"rules":[{"line":12,"users":[],"userGroups":[],"verbs":[],"resources":[],"namespaces":[],"nonResourceURLs":[],"omitManagedFields":null,"level":"Metadata","omitStages":[]}],"omitStages":["RequestReceived"],"omitManagedFields":false}',
    sha256: '2522ba4211aeb8bdd6888a08d865cef67645f516c390e1dacbe2ae4709638033',
    text: `# Every request by name, none by content: the shortest policy that misses nothing and leaks nothing.
# Answers: who asked for what, when, from where, and what the answer was.
# Costs: many short lines, most of them heartbeats of the control plane.
# Leaves out: all bodies, so a change is seen but not what was changed; the start of each request.
apiVersion: audit.k8s.io/v1
kind: Policy
# the event of the answer says all that the event of the question says
omitStages:
  - RequestReceived
rules:
  # No selector: every request of everybody.
  - level: Metadata
`
  }
} as const

# The rules of log-policy.yaml, as well as jq can say them: the events of each, and last those that none takes.
# It goes by objectRef, not by the URI as the policy does.
def known:
  IN("", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps",
     "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
     "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io");

def rule:
  .verb as $verb | .user.username as $user | .objectRef as $object |
  if $object == null then
    (.requestURI | split("?")[0]) as $path |
    if $path == "/version" or ($path | startswith("/healthz") or startswith("/livez") or startswith("/readyz") or startswith("/openapi"))
    then 5 else 14 end
  else
    ($object.apiGroup // "") as $group | ($object.namespace // "") as $namespace |
    (if $object.subresource then $object.resource + "/" + $object.subresource else $object.resource end) as $resource |
    (.user.groups // [] | index("system:nodes") != null) as $isNode |
    if $user == "system:kube-proxy" and $verb == "watch" and
      (($group == "" and ($resource | IN("endpoints", "services", "services/status"))) or ($group == "discovery.k8s.io" and $resource == "endpointslices")) then 0
    elif $isNode and $verb == "get" and $group == "" and ($resource == "nodes" or $resource == "nodes/status") then 1
    elif ($user | IN("system:kube-controller-manager", "system:kube-scheduler", "system:apiserver")) and ($verb == "get" or $verb == "update") and
      $namespace == "kube-system" and (($group == "" and $resource == "endpoints") or ($group == "coordination.k8s.io" and $resource == "leases")) then 2
    elif $isNode and $namespace == "kube-node-lease" and $group == "coordination.k8s.io" then 3
    elif $user == "system:apiserver" and $verb == "get" and $group == "" and ($resource | IN("namespaces", "namespaces/status", "namespaces/finalize")) then 4
    elif ($group == "" or $group == "events.k8s.io") and $resource == "events" then 6
    elif $isNode and ($verb == "update" or $verb == "patch") and $group == "" and ($resource == "nodes/status" or $resource == "pods/status") then 7
    elif $user == "system:serviceaccount:kube-system:namespace-controller" and $verb == "deletecollection" then 8
    elif ($namespace == "payments" or $namespace == "payments-staging") and $group == "" and $resource == "configmaps" and
      ($object.name | IN("checkout-worker-settings", "api-settings")) then 9
    elif ($group == "" and ($resource | IN("secrets", "configmaps", "serviceaccounts/token"))) or ($group == "authentication.k8s.io" and $resource == "tokenreviews") then 10
    elif $group == "" and ($resource | IN("pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "services/proxy")) then 11
    elif ($group | known) then (if ($verb | IN("get", "list", "watch")) then 12 else 13 end)
    else 14 end
  end;

reduce (inputs | rule) as $rule ([range(16) | 0]; .[$rule] += 1)

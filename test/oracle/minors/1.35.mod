module auditpatch/oracle

go 1.22

require (
	k8s.io/apimachinery v0.35.10
	k8s.io/apiserver v0.35.10
	k8s.io/component-base v0.35.10
)

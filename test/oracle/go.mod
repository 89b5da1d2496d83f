// Marks the module's root for Go; what is built is said in minors/.
module auditpatch/oracle

go 1.22

import type { Command } from '../command.ts'
import { FOUND, LOG_FILTERS } from '../options.ts'

export const logQuery: Command = {
  name: 'log query',
  usage: '<log..>',
  summary:
    'The events of audit logs that match, in order; a directory or a pattern is a log with its rotated files, - standard input',
  details: `An event must match every filter, and of several values of one filter any:
--verb get --verb list. A value behind ! must not match (in single quotes, for
the shell); * and ? stand for any characters and for one. Without --stage a
request counts once, when it is done: ResponseComplete, Panic, and the
ResponseStarted of a 401; a shell that is open still has --stage
ResponseStarted alone. Times are those at which a stage ended. Several logs are
read one after the other, as they are named. --user and --group are who was authenticated, --as is
the one in whose name they did it; the table has both: alice as bob.

--resource pods is pods without its subresources, pods/* those, */exec the exec
of anything, * everything. With -o json the events are printed as they stand in
the log, one a line.

--where takes CEL, as the policies of Kubernetes do. Its variables are the
fields of an event (verb, user, objectRef, responseStatus, requestObject,
annotations, ...), and event for all of it. To ask for what an event lacks is an
error, and then it does not match; has(objectRef.subresource) tells, and of a
field has(event.impersonatedUser). Given twice, one of the conditions must
hold.`,
  options: [...LOG_FILTERS, ...FOUND, 'strict'],
  positionals: Infinity,
  examples: [
    ["$0 log query --verb 'delete*' --user '!system:*' --since 2h /var/log/kubernetes/audit", 'who deleted what'],
    ['$0 log query --resource secrets --status 4xx --tail 20 audit.log', 'the last denied requests for secrets'],
    [
      `$0 log query -o json --where 'has(requestObject.spec.hostPID) && requestObject.spec.hostPID' audit.log | jq .user`,
      'what no option asks for'
    ]
  ],
  run: async (args, io) => (await import('../log/query.ts')).queryLogs(args, io)
}

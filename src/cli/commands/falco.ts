import type { Command } from '../command.ts'
import { FALCO } from '../options.ts'

export const falco: Command = {
  name: 'falco',
  usage: '[log..]',
  summary:
    "Falco's rules for Kubernetes audit events, run on a log, on one that grows, or on what kube-apiserver sends",
  details: `The rule files are those of Falco with the k8saudit plugin, and so are options,
alerts, statistics and exit codes (0, or 1 for any failure; alerts do not
change it). Here -o sets a key of Falco's configuration, as
-o json_output=true; --output json stays what it is everywhere: alerts as JSON
lines, statistics on standard error. Rules for other sources, as syscall, and
those without a source are left out; -v shows the warnings. Falco's own
configuration is only read with -c.

Of the rules that match an event the one that was defined first alerts;
-o rule_matching=all asks all of them. Fields are read as the plugin reads
them, with its faults, which --list tells; -o k8saudit.correct_quirks=true
reads them as they are documented.

-e LOG reads a log and ends; -e LOG --follow goes on with what is written to it,
and --follow LOG begins with that. --listen waits for what kube-apiserver sends,
as apply --webhook-url sets it up, and answers this machine alone, unless
--listen-all is given. Falco's old options -D, -T and -t are taken, too.`,
  options: [...FALCO, 'follow'],
  // as in Falco; --output has no short form here
  aliases: { option: 'o' },
  positionals: Infinity,
  examples: [
    ['$0 falco -r k8s_audit_rules.yaml -e /var/log/kubernetes/audit/audit.log', 'what the rules find in a log'],
    ['$0 falco -V my_rules.yaml', 'are the rules right?'],
    ['$0 falco -r my_rules.yaml --listen http://127.0.0.1:9765/k8s-audit -o json_output=true', 'alerts as they happen']
  ],
  run: async (args, io) => (await import('../falco/run.ts')).runFalco(args, io)
}

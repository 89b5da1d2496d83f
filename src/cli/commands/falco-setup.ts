import type { Command } from '../command.ts'

export const falcoSetup: Command = {
  name: 'falco setup',
  usage: '',
  summary:
    'Print or write what a Falco with the k8saudit plugin needs: the webhook of kube-apiserver, the part of falco.yaml, the audit policy',
  details: `The address is http://127.0.0.1:9765/k8s-audit, a Falco on the node itself,
unless --webhook-url names another one. kube-apiserver runs in the network of
its node and does not know the names of Services: write their cluster IP. For
an https address --ca is the certificate of who signed that of Falco, or it is
checked against those that the system trusts.

With --dir three files are written, and one that is there with other contents is
kept, and refused, unless --force is given; else they are printed as one text.
No manifest is changed: auditpatch apply does that, and is told how to at the
end. auditpatch falco --listen waits at the same address, without any Falco.`,
  options: ['webhook-url', 'ca', 'dir', 'force'],
  positionals: 0,
  examples: [
    ['$0 falco setup --dir falco', 'for a Falco on this node'],
    [
      '$0 falco setup --webhook-url https://10.96.7.7:9765/k8s-audit --ca ca.crt --dir falco',
      'behind a Service, encrypted'
    ]
  ],
  writes: args => args.text('dir') !== undefined,
  run: async (args, io) => Promise.resolve((await import('../falco/setup.ts')).setUpFalco(args, io))
}

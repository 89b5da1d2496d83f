/** The module with the files that every drill's node begins with beside the manifest of kube-apiserver, by their paths. */
export const renderNodeModule = (files: readonly { readonly path: string; readonly text: string }[]): string => {
  const rows = files.map(({ path, text }) => `  ${JSON.stringify(path)}: ${literalOf(text)}`)
  return `/** The files of a control-plane node as kubeadm makes them. Generated from templates/drills; not to be edited. */\n// prettier-ignore\nexport const NODE_FILES: Readonly<Record<string, string>> = {\n${rows.join(',\n')}\n}\n`
}

const literalOf = (text: string): string =>
  `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``

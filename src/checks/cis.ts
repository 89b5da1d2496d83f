/** The items of the CIS Kubernetes Benchmark that are about auditing and its manifest. */
export type CisItem = keyof typeof CIS_ITEMS

// as kube-bench numbers them: https://github.com/aquasecurity/kube-bench/tree/main/cfg; 1.7 and 1.12 read, 1.24 and 1.10
// by their neighbours. The numbers of chapters 1.1 and 3 are the same in all of them
const ALWAYS = (number: string): Readonly<Record<string, string>> => ({ '1.7': number, '1.12': number })

export const CIS_ITEMS = {
  'manifest-mode': ALWAYS('1.1.1'),
  'manifest-owner': ALWAYS('1.1.2'),
  'log-path': { '1.7': '1.2.18', '1.24': '1.2.18', '1.10': '1.2.16', '1.12': '1.2.16' },
  'log-maxage': { '1.7': '1.2.19', '1.24': '1.2.19', '1.10': '1.2.17', '1.12': '1.2.17' },
  'log-maxbackup': { '1.7': '1.2.20', '1.24': '1.2.20', '1.10': '1.2.18', '1.12': '1.2.18' },
  'log-maxsize': { '1.7': '1.2.21', '1.24': '1.2.21', '1.10': '1.2.19', '1.12': '1.2.19' },
  policy: ALWAYS('3.2.1'),
  'policy-coverage': ALWAYS('3.2.2')
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

/** The number of an item in each version of the benchmark that is known. */
export const cisNumbers = (item: CisItem): Readonly<Record<string, string>> => CIS_ITEMS[item]

/** The item in words: `CIS 1.2.16 (benchmark 1.12)`. */
export const cisText = (item: CisItem): string => `CIS ${CIS_ITEMS[item]['1.12']} (benchmark 1.12)`
